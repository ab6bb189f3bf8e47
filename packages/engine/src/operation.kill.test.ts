import type { Project } from '@windflow/compose'
import { describe, expect, test } from 'vitest'
import { currentStep, MemoryDriver } from '../test/memory/driver.ts'
import type { FakeEngine } from '../test/memory/engine.ts'
import { faults, newEngine, project, up } from '../test/memory/world.ts'
import { CONTAINER_VERBS } from './index.ts'

/** One project with every kind of service; the second release changes all of them. */
function release(tag: string, internal: boolean): Project {
  return project(
    {
      db: { image: `good:${tag}`, volumes: [{ type: 'volume', source: 'data', target: '/data' }] },
      seed: { image: `job:${tag}`, depends_on: { db: { condition: 'service_healthy', required: true } } },
      api: {
        image: `slow:${tag}`,
        scale: 2,
        networks: { default: null, back: null },
        depends_on: { seed: { condition: 'service_completed_successfully', required: true } },
      },
      web: {
        image: `good:${tag}`,
        ports: [{ target: 80, published: '8080' }],
        depends_on: { api: { condition: 'service_healthy', required: true } },
      },
      vpn: { networks: { wan: null } },
      client: { network_mode: 'service:vpn', environment: { TAG: tag } },
      watcher: { depends_on: { web: { condition: 'service_started', required: true, restart: true } } },
      ...(tag === '1' && { gone: { networks: { back: null } } }),
    },
    {
      networks: {
        default: { name: 'app_default', ipam: {} },
        back: { name: 'app_back', ipam: {} },
        wan: { name: 'app_wan', ipam: {}, ...(internal && { internal }) },
      },
      volumes: { data: { name: 'app_data' } },
    },
  )
}

const PLAN = { plan: { removeOrphans: true } }
const OLD = release('1', false)
const NEW = release('2', true)
const BROKEN: Project = {
  ...NEW,
  services: { ...NEW.services, web: { ...NEW.services.web, image: 'sick:3', command: null, entrypoint: null } },
}

interface Scenario {
  readonly name: string
  readonly prepare: (engine: FakeEngine) => Promise<unknown>
  readonly run: (engine: FakeEngine, driver: MemoryDriver) => Promise<unknown>
}

const SCENARIOS: Scenario[] = [
  {
    name: 'a first deploy',
    prepare: async () => undefined,
    run: (engine, driver) => up(engine, OLD, { ...PLAN, driver }),
  },
  {
    name: 'an update',
    prepare: (engine) => up(engine, OLD, PLAN),
    run: (engine, driver) => up(engine, NEW, { ...PLAN, driver, previous: OLD }),
  },
  {
    name: 'an update that fails, and its way back',
    prepare: (engine) => up(engine, OLD, PLAN),
    run: (engine, driver) => up(engine, BROKEN, { ...PLAN, driver, previous: OLD }),
  },
  {
    name: 'a rollback to the release before',
    prepare: async (engine) => {
      await up(engine, OLD, PLAN)
      await up(engine, NEW, PLAN)
    },
    run: (engine, driver) => up(engine, OLD, { ...PLAN, driver, previous: NEW }),
  },
]

/** Runs the scenario and kills its process before the n-th write, or right after it. Returns the step it was in. */
async function kill(scenario: Scenario, n: number, moment: 'before' | 'after') {
  const engine = newEngine()
  await scenario.prepare(engine)
  const driver = new MemoryDriver(engine)
  let count = 0
  let step: string | undefined
  engine.onWrite = (when) => {
    if (when !== moment || driver.dead || count++ !== n) return
    step = currentStep.getStore() ?? 'none'
    driver.dead = true
    throw new Error('killed')
  }
  await scenario.run(engine, driver).catch(() => undefined)
  engine.onWrite = () => undefined
  return { engine, step, all: driver.performed }
}

describe.each(SCENARIOS)('$name, killed at every write', (scenario) => {
  test.each([
    ['the new release', NEW, 'before'],
    ['the old release', OLD, 'after'],
  ] as const)('ends consistent with %s', { timeout: 60_000 }, async (_, goal, moment) => {
    for (let n = 0; ; n++) {
      const { engine, step } = await kill(scenario, n, moment)
      if (step === undefined) break
      const { outcome } = await up(engine, goal, PLAN)
      expect(outcome.failure, `killed ${moment} write ${n}, in ${step}`).toBeUndefined()
      expect(await faults(engine, goal), `killed ${moment} write ${n}, in ${step}`).toEqual([])
      expect(engine.volumes.size).toBe(1)
    }
  })

  test('has a kill point in every step that writes', { timeout: 60_000 }, async () => {
    const engine = newEngine()
    await scenario.prepare(engine)
    const driver = new MemoryDriver(engine)
    await scenario.run(engine, driver)
    const writing = driver.performed.filter((id) => {
      const verb = id.split('/')[0] ?? ''
      return Object.entries(CONTAINER_VERBS).some(([name, { writes }]) => name === verb && writes)
    })
    const killed = new Set<string>()
    for (let n = 0; ; n++) {
      const { step } = await kill(scenario, n, 'before')
      if (step === undefined) break
      killed.add(step)
    }
    expect(writing.filter((id) => !killed.has(id))).toEqual([])
  })
})

test('a process that dies while it starts a host leaves no guest in namespaces that are gone', async () => {
  const model = project({ vpn: {}, guest: { network_mode: 'service:vpn' } })
  for (let n = 0; n < 4; n++) {
    const engine = newEngine()
    await up(engine, model)
    engine.stop('app-vpn-1')
    const driver = new MemoryDriver(engine)
    let count = 0
    engine.onWrite = (when) => {
      if (when !== 'after' || driver.dead || count++ !== n) return
      driver.dead = true
      throw new Error('killed')
    }
    await up(engine, model, { driver }).catch(() => undefined)
    engine.onWrite = () => undefined
    await up(engine, model)
    expect(await faults(engine, model)).toEqual([])
  }
})

test('a process that dies between the steps of a swap leaves somebody who answers', async () => {
  const engine = newEngine()
  await up(engine, project({ web: { image: 'slow:1' } }))
  for (let n = 0; n < 12; n++) {
    const driver = new MemoryDriver(engine)
    let count = 0
    engine.onWrite = (when, what) => {
      // Leaving a network and joining it again is two writes: only there nobody may answer for a moment.
      if (when !== 'before' || driver.dead || what.startsWith('connect') || count++ !== n) return
      driver.dead = true
      throw new Error('killed')
    }
    await up(engine, project({ web: { image: `slow:${(n % 2) + 2}` } }), { driver }).catch(() => undefined)
    engine.onWrite = () => undefined
    const answering = engine.resolve('app_default', 'web')
    expect(answering.some((container) => container.health === 'healthy')).toBe(true)
  }
})
