import type { Project } from '@windflow/compose'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { arbitraryProject } from '../test/memory/arbitrary.ts'
import { expectations, MemoryDriver } from '../test/memory/driver.ts'
import { type FakeEngine, FakeEngineError } from '../test/memory/engine.ts'
import { desiredOf, faults, newEngine, snapshot, up } from '../test/memory/world.ts'
import { planContainers } from './containers/planner.ts'

// Hundreds of deploys a test, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

/** A soak multiplies the runs: `WINDFLOW_PROPERTY_FACTOR=50`. */
function runs(count: number): number {
  return count * Number(process.env.WINDFLOW_PROPERTY_FACTOR ?? 1)
}

/** Projects in which no two services want the same host port: others are refused, rightly. */
const deployable = arbitraryProject.filter((model) => {
  const ports = Object.values(model.services).flatMap((s) =>
    s.scale === 0 ? [] : (s.ports ?? []).map((p) => p.published),
  )
  return new Set(ports).size === ports.length
})

const PLAN = { plan: { removeOrphans: true } }

test('applying a plan converges: the plan after it is empty', async () => {
  await fc.assert(
    fc.asyncProperty(deployable, deployable, async (first, second) => {
      const engine = newEngine()
      for (const model of [first, second]) {
        const { outcome } = await up(engine, model, PLAN)
        expect(outcome.failure).toBeUndefined()
        expect(await faults(engine, model)).toEqual([])
        const writes = engine.writes
        expect((await up(engine, model, PLAN)).outcome.status).toBe('unchanged')
        expect(engine.writes).toBe(writes)
      }
    }),
    { numRuns: runs(60) },
  )
})

test('a plan is the same for the same arguments, and its steps come after those they wait for', async () => {
  await fc.assert(
    fc.asyncProperty(deployable, deployable, async (first, second) => {
      const engine = newEngine()
      await up(engine, first, PLAN)
      const desired = desiredOf(second)
      const observed = await new MemoryDriver(engine).observe(desired)
      const plan = planContainers(desired, observed, { removeOrphans: true }, expectations)
      expect(planContainers(desired, observed, { removeOrphans: true }, expectations)).toEqual(plan)
      const position = new Map(plan.steps.map((step, index) => [step.id, index]))
      const phases = ['prepare', 'change', 'commit']
      plan.steps.forEach((step, index) => {
        for (const id of step.after) expect(position.get(id) ?? Number.POSITIVE_INFINITY).toBeLessThan(index)
        const before = plan.steps[index - 1]
        if (before) expect(phases.indexOf(before.phase)).toBeLessThanOrEqual(phases.indexOf(step.phase))
      })
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    }),
    { numRuns: runs(40) },
  )
})

test('a service starts only when what it depends on runs, is healthy, or has ended well, as it asked', async () => {
  await fc.assert(
    fc.asyncProperty(deployable, deployable, async (first, second) => {
      const engine = newEngine()
      await up(engine, first, PLAN)
      const early: string[] = []
      engine.onWrite = (moment, what) => {
        const ref = /^start (.*)$/.exec(what)?.[1]
        if (moment === 'before' && ref !== undefined)
          early.push(...unmet(engine, second, engine.find(ref).labels.service ?? ''))
      }
      const { outcome } = await up(engine, second, PLAN)
      expect(outcome.failure).toBeUndefined()
      expect(early).toEqual([])
    }),
    { numRuns: runs(40) },
  )
})

function unmet(engine: FakeEngine, model: Project, service: string): string[] {
  return Object.entries(model.services[service]?.depends_on ?? {}).flatMap(([other, { condition }]) => {
    if (model.services[other]?.scale === 0) return []
    const containers = [...engine.containers.values()].filter((container) => container.labels.service === other)
    const met = containers.some((container) => {
      if (condition === 'service_completed_successfully')
        return container.state === 'exited' && container.exitCode === 0
      return container.state === 'running' && (condition === 'service_started' || container.health !== 'starting')
    })
    return met ? [] : [`${service} started before ${other} was ${condition}`]
  })
}

describe('a process that is killed', () => {
  /** Runs `work` and kills its process at the n-th write; whether there was one. */
  async function killAt(
    engine: FakeEngine,
    n: number,
    moment: 'before' | 'after',
    work: (driver: MemoryDriver) => Promise<unknown>,
  ) {
    const driver = new MemoryDriver(engine)
    let count = 0
    engine.onWrite = (when) => {
      if (when !== moment || driver.dead) return
      if (count++ !== n) return
      driver.dead = true
      throw new Error('killed')
    }
    await work(driver).catch(() => undefined)
    engine.onWrite = () => undefined
    return driver.dead
  }

  test('at any write of an update is repaired by the same update, and by going back', async () => {
    await fc.assert(
      fc.asyncProperty(
        deployable,
        deployable,
        fc.nat(40),
        fc.boolean(),
        fc.boolean(),
        async (first, second, n, after, forward) => {
          const engine = newEngine()
          await up(engine, first, PLAN)
          await killAt(engine, n, after ? 'after' : 'before', (driver) => up(engine, second, { ...PLAN, driver }))
          const goal = forward ? second : first
          const { outcome } = await up(engine, goal, PLAN)
          expect(outcome.failure).toBeUndefined()
          expect(await faults(engine, goal)).toEqual([])
        },
      ),
      { numRuns: runs(100) },
    )
  })

  test('twice, in the update and in its repair, is repaired', async () => {
    await fc.assert(
      fc.asyncProperty(deployable, deployable, fc.nat(30), fc.nat(15), async (first, second, n, m) => {
        const engine = newEngine()
        await up(engine, first, PLAN)
        await killAt(engine, n, 'after', (driver) => up(engine, second, { ...PLAN, driver }))
        await killAt(engine, m, 'before', (driver) => up(engine, first, { ...PLAN, driver }))
        const { outcome } = await up(engine, second, PLAN)
        expect(outcome.failure).toBeUndefined()
        expect(await faults(engine, second)).toEqual([])
      }),
      { numRuns: runs(60) },
    )
  })

  test('while it puts the previous state back is repaired by deploying either release', async () => {
    await fc.assert(
      fc.asyncProperty(deployable, deployable, fc.nat(40), fc.boolean(), async (first, second, n, forward) => {
        const engine = newEngine()
        await up(engine, first, PLAN)
        const broken = breakOne(second)
        await killAt(engine, n, 'after', (driver) => up(engine, broken, { ...PLAN, driver, previous: first }))
        const goal = forward ? second : first
        const { outcome } = await up(engine, goal, PLAN)
        expect(outcome.failure).toBeUndefined()
        expect(await faults(engine, goal)).toEqual([])
      }),
      { numRuns: runs(60) },
    )
  })
})

/** The same project with one service that never gets healthy. */
function breakOne(model: Project): Project {
  const names = Object.keys(model.services).filter((name) => (model.services[name]?.scale ?? 1) > 0)
  const name = names.at(-1) ?? Object.keys(model.services)[0] ?? ''
  const service = model.services[name]
  if (!service) return model
  return {
    ...model,
    services: { ...model.services, [name]: { ...service, scale: service.scale || 1, image: 'sick:3' } },
  }
}

test('a failed gate restores the same containers, names, connections and networks', async () => {
  await fc.assert(
    fc.asyncProperty(deployable, deployable, async (first, second) => {
      const engine = newEngine()
      await up(engine, first, PLAN)
      const before = snapshot(engine)
      const networks = [...engine.networks.values()].map((network) => network.name).sort()
      const { outcome } = await up(engine, breakOne(second), { ...PLAN, previous: first })
      expect(outcome.rollbackFailure).toBeUndefined()
      expect(['rolled_back']).toContain(outcome.status)
      expect([...engine.networks.values()].map((network) => network.name).sort()).toEqual(networks)
      expect(idsOf(snapshot(engine))).toEqual(idsOf(before))
      expect(await faults(engine, first)).toEqual([])
    }),
    { numRuns: runs(60) },
  )
})

function idsOf(state: unknown): unknown {
  const { containers } = state as { containers: { id: string; name: string; up: boolean }[] }
  return containers.map(({ id, name, up: running }) => ({ id, name, running }))
}

test('cancelling at any moment ends with the old state or the new one, nothing in between', async () => {
  await fc.assert(
    fc.asyncProperty(deployable, deployable, fc.nat(60), async (first, second, n) => {
      const engine = newEngine()
      await up(engine, first, PLAN)
      const controller = new AbortController()
      let events = 0
      const { outcome } = await up(engine, second, {
        ...PLAN,
        previous: first,
        run: {
          signal: controller.signal,
          onEvent: () => {
            if (events++ === n) controller.abort()
          },
        },
      })
      expect(['unchanged', 'succeeded', 'cancelled']).toContain(outcome.status)
      expect(outcome.rollbackFailure).toBeUndefined()
      expect(await faults(engine, outcome.status === 'cancelled' ? first : second)).toEqual([])
    }),
    { numRuns: runs(60) },
  )
})

test('an engine that refuses one write leaves the old state or the new one, and says which', async () => {
  await fc.assert(
    fc.asyncProperty(deployable, deployable, fc.nat(50), fc.boolean(), async (first, second, n, done) => {
      const engine = newEngine()
      await up(engine, first, PLAN)
      let writes = 0
      engine.onWrite = (moment) => {
        if (moment === (done ? 'after' : 'before') && writes++ === n) throw new FakeEngineError(500, 'no')
      }
      const { outcome } = await up(engine, second, { ...PLAN, previous: first })
      engine.onWrite = () => undefined
      expect(outcome.rollbackFailure).toBeUndefined()
      const goal = outcome.status === 'rolled_back' || outcome.status === 'failed' ? first : second
      if (outcome.warnings.length > 0) {
        expect(outcome.status).toBe('succeeded')
        await up(engine, second, PLAN)
      }
      expect(await faults(engine, goal)).toEqual([])
    }),
    { numRuns: runs(60) },
  )
})

test('interference of others while the state before is put back is repaired by deploying again', async () => {
  await fc.assert(
    fc.asyncProperty(
      deployable,
      deployable,
      fc.array(fc.nat(5), { maxLength: 4 }),
      fc.nat(10),
      async (first, second, acts, at) => {
        const engine = newEngine()
        await up(engine, first, PLAN)
        const served = running(engine)
        let writes = 0
        let busy = false
        engine.onWrite = (moment) => {
          if (moment !== 'after' || busy || writes++ !== at) return
          busy = true
          for (const act of acts) interfere(engine, act)
          busy = false
        }
        const failed = await up(engine, breakOne(second), { ...PLAN, previous: first })
        engine.onWrite = () => undefined
        if (failed.outcome.status === 'rolled_back') expect(running(engine)).toEqual(served)
        else expect(failed.outcome.status).toBe('rollback_failed')
        const { outcome } = await up(engine, first, PLAN)
        expect(outcome.failure).toBeUndefined()
        // A host that somebody else stopped and started again beside its guest looks like one that ran all the time.
        const found = await faults(engine, first)
        expect(found.filter((fault) => !fault.endsWith('namespace that is gone'))).toEqual([])
      },
    ),
    { numRuns: runs(60) },
  )
})

function running(engine: FakeEngine): string[] {
  const up = [...engine.containers.values()].filter((container) => container.state === 'running')
  return up.map((container) => `${container.labels.service} ${container.name} ${container.image}`).sort()
}

function interfere(engine: FakeEngine, act: number): void {
  const containers = [...engine.containers.values()]
  const container = containers[act % Math.max(1, containers.length)]
  if (!container) return
  try {
    if (act === 0) engine.stop(container.id)
    else if (act === 1) engine.remove(container.id)
    else if (act === 2) engine.rename(container.id, `moved-${container.name}`)
    else if (act === 3) engine.start(container.id)
    else if (act === 4) engine.disconnect('app_default', container.id)
    else engine.stop(containers[0]?.id ?? '')
  } catch {
    // What the engine refuses to others has no effect here.
  }
}
