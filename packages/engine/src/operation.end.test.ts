import { describe, expect, test } from 'vitest'
import { MemoryDriver } from '../test/memory/driver.ts'
import { desiredOf, faults, newEngine, options, project, up } from '../test/memory/world.ts'
import type { LifecycleOptions } from './driver.ts'
import { deploy, destroy, lifecycle } from './operation.ts'
import type { Plan } from './plan.ts'

const STACK = project(
  {
    web: { depends_on: { db: { condition: 'service_healthy', required: true } } },
    db: { image: 'slow:1', volumes: [{ type: 'volume', source: 'data', target: '/data' }] },
  },
  { volumes: { data: { name: 'app_data' } } },
)

async function stack() {
  const engine = newEngine()
  await up(engine, STACK)
  return { engine, driver: new MemoryDriver(engine) }
}

describe('destroy', () => {
  test('removes containers and networks, what needs others first, and never volumes', async () => {
    const { engine, driver } = await stack()
    engine.createNetwork('foreign', {})
    const request = { volumes: false, removeOrphans: false }
    const { outcome, plan } = await destroy(driver, desiredOf(STACK), request, options())
    expect(outcome.status).toBe('succeeded')
    expect(plan.impact).toBe('downtime')
    expect(engine.containers.size).toBe(0)
    expect([...engine.networks.values()].map((network) => network.name)).toEqual(['foreign'])
    expect([...engine.volumes.keys()]).toEqual(['app_data'])
    const stops = driver.performed.filter((id) => id.startsWith('stop')).map((id) => id.split('/')[2])
    expect(stops).toEqual(['web', 'db'])
    expect((await destroy(driver, desiredOf(STACK), request, options())).outcome.status).toBe('unchanged')
  })

  test('removes volumes when asked to, and only with consent', async () => {
    const { engine, driver } = await stack()
    engine.createVolume('foreign', {})
    const request = { volumes: true, removeOrphans: false }
    await expect(destroy(driver, desiredOf(STACK), request, options())).rejects.toMatchObject({
      code: 'consent-needed',
    })
    expect(engine.containers.size).toBe(2)
    await destroy(driver, desiredOf(STACK), request, options({ consent: 'data-loss' }))
    expect([...engine.volumes.keys()]).toEqual(['foreign'])
  })

  test('never removes what the model calls external, though it was once made for the project', async () => {
    const { engine, driver } = await stack()
    const model = project(
      { web: {} },
      {
        networks: { default: { name: 'app_default', external: true, ipam: {} } },
        volumes: { data: { name: 'app_data', external: true } },
      },
    )
    const request = { volumes: true, removeOrphans: true }
    const { outcome } = await destroy(driver, desiredOf(model), request, options({ consent: 'data-loss' }))
    expect(outcome.status).toBe('succeeded')
    expect(engine.containers.size).toBe(0)
    expect([...engine.volumes.keys()]).toEqual(['app_data'])
    expect(engine.networks.size).toBe(1)
  })

  test('leaves orphans and the network they are on unless asked to take them', async () => {
    const { engine, driver } = await stack()
    const services = ['web']
    await destroy(driver, desiredOf(STACK), { volumes: false, removeOrphans: false, services }, options())
    expect([...engine.containers.values()].map((container) => container.name)).toEqual(['app-db-1'])
    expect(engine.networks.size).toBe(1)
    await destroy(driver, desiredOf(STACK), { volumes: false, removeOrphans: true, services }, options())
    expect(engine.containers.size).toBe(0)
    expect(engine.networks.size).toBe(0)
  })

  test('that is interrupted is finished by the next one', async () => {
    for (let n = 0; n < 5; n++) {
      const { engine, driver } = await stack()
      let count = 0
      engine.onWrite = (when) => {
        if (when !== 'before' || count++ !== n) return
        driver.dead = true
        throw new Error('killed')
      }
      const request = { volumes: false, removeOrphans: false }
      await destroy(driver, desiredOf(STACK), request, options()).catch(() => undefined)
      expect(driver.dead).toBe(true)
      engine.onWrite = () => undefined
      await destroy(new MemoryDriver(engine), desiredOf(STACK), request, options())
      expect(engine.containers.size + engine.networks.size).toBe(0)
    }
  })
})

describe('stop, start and restart', () => {
  const ask = (action: LifecycleOptions['action'], services?: string[]): LifecycleOptions => ({
    action,
    ...(services && { services }),
  })

  test('keep to the order of dependencies and keep the containers', async () => {
    const { engine, driver } = await stack()
    const ids = [...engine.containers.keys()]
    await lifecycle(driver, desiredOf(STACK), ask('stop'), options())
    expect([...engine.containers.values()].map((container) => container.state)).toEqual(['exited', 'exited'])
    await lifecycle(driver, desiredOf(STACK), ask('start'), options())
    expect(await faults(engine, STACK)).toEqual([])
    await lifecycle(driver, desiredOf(STACK), ask('restart'), options())
    expect(await faults(engine, STACK)).toEqual([])
    expect([...engine.containers.keys()]).toEqual(ids)
    const order = driver.performed.map((id) => id.split('/').slice(0, 3).join('/'))
    expect(order.filter((id) => /^(stop|start)/.test(id))).toEqual([
      'stop/service/web',
      'stop/service/db',
      'start/service/db',
      'start/service/web',
      'stop/service/web',
      'stop/service/db',
      'start/service/db',
      'start/service/web',
    ])
    expect(order.indexOf('start/service/web')).toBeGreaterThan(order.indexOf('gate/service/db'))
  })

  test('of one service: stop leaves the others, start brings what it needs', async () => {
    const { engine, driver } = await stack()
    await lifecycle(driver, desiredOf(STACK), ask('stop', ['web']), options())
    expect(engine.find('app-db-1').state).toBe('running')
    engine.stop('app-db-1')
    await lifecycle(driver, desiredOf(STACK), ask('start', ['web']), options())
    expect(await faults(engine, STACK)).toEqual([])
  })

  test('of a container that others live in restart those too', async () => {
    const engine = newEngine()
    const model = project({ vpn: {}, guest: { network_mode: 'service:vpn' }, other: {} })
    await up(engine, model)
    const driver = new MemoryDriver(engine)
    const { plan } = await lifecycle(driver, desiredOf(model), ask('restart', ['vpn']), options())
    expect(plan.changes.map((change) => change.resource.name)).toEqual(['vpn', 'guest'])
    expect(await faults(engine, model)).toEqual([])
    engine.stop('app-vpn-1')
    await lifecycle(driver, desiredOf(model), ask('start', ['vpn']), options())
    expect(await faults(engine, model)).toEqual([])
    engine.stop('app-vpn-1')
    await up(engine, model, { plan: { services: ['vpn'] } })
    expect(await faults(engine, model)).toEqual([])
  })

  test('with nothing to do write nothing', async () => {
    const { engine, driver } = await stack()
    const writes = engine.writes
    expect((await lifecycle(driver, desiredOf(STACK), ask('start'), options())).outcome.status).toBe('unchanged')
    expect(engine.writes).toBe(writes)
  })

  test('a start that fails leaves things as they are and says why', async () => {
    const engine = newEngine()
    const model = project({ web: {}, bad: {} })
    await up(engine, model)
    const driver = new MemoryDriver(engine)
    await lifecycle(driver, desiredOf(model), ask('stop'), options())
    Object.assign(engine.find('app-bad-1'), { image: 'crash:1' })
    const { outcome } = await lifecycle(driver, desiredOf(model), ask('start'), options())
    expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'container-exited' } })
    expect(engine.find('app-web-1').state).toBe('running')
  })
})

describe('a plan somebody has to agree to', () => {
  const model = project({ web: { environment: { A: '2' } } })

  test('is shown before anything is locked or written, and dropped when declined', async () => {
    const engine = newEngine()
    const shown: Plan[] = []
    const { outcome } = await up(engine, model, { run: { approve: (plan) => shown.push(plan) === 0 } })
    expect(outcome.status).toBe('cancelled')
    expect(shown).toHaveLength(1)
    expect(engine.writes).toBe(0)
  })

  test('is made and shown again when the state moved in between', async () => {
    const engine = newEngine()
    await up(engine, project({ web: {}, db: {} }))
    const shown: number[] = []
    const approve = (plan: Plan): boolean => {
      shown.push(plan.changes.length)
      if (shown.length === 1) engine.stop('app-db-1')
      return true
    }
    const goal = project({ web: { environment: { A: '2' } }, db: {} })
    expect((await up(engine, goal, { run: { approve } })).outcome.status).toBe('succeeded')
    expect(shown).toEqual([1, 2])
    expect(await faults(engine, goal)).toEqual([])
  })

  test('and was approved before is refused when it is stale', async () => {
    const engine = newEngine()
    await up(engine, project({ web: {} }))
    const driver = new MemoryDriver(engine)
    const desired = desiredOf(model)
    const plan = await driver.plan(desired, await driver.observe(desired), {})
    engine.stop('app-web-1')
    const request = { desired, options: {} }
    const stale = deploy(driver, request, options({ approved: plan.fingerprint }))
    await expect(stale).rejects.toMatchObject({ code: 'stale-plan' })
    engine.start('app-web-1')
    const { outcome } = await deploy(driver, request, options({ approved: plan.fingerprint }))
    expect(outcome.status).toBe('succeeded')
  })
})

test('an operation whose lock was taken over writes nothing more, and says so', async () => {
  const engine = newEngine()
  const driver = new MemoryDriver(engine)
  let writes = 0
  engine.onWrite = (when) => {
    if (when === 'after' && ++writes === 2) driver.lostLock.abort()
  }
  const { outcome } = await up(engine, STACK, { driver })
  expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'fenced' } })
  // What was under way at that moment had passed the fence.
  expect(engine.writes).toBeLessThanOrEqual(3)
})

describe('images', () => {
  test('a newer image under the same name replaces exactly what runs it, after it was pulled', async () => {
    const engine = newEngine()
    const model = project({ web: {}, other: { image: 'good:2' } })
    await up(engine, model)
    engine.registry.set('good:1', 'sha-newer').set('good:2', 'sha-good-2')
    const shown: string[] = []
    const approve = (plan: Plan): boolean => {
      shown.push(...plan.changes.map((change) => `${change.action} ${change.resource.name}: ${change.reason}`))
      return true
    }
    const { outcome } = await up(engine, model, { plan: { pull: 'always' }, run: { approve } })
    expect(outcome.status).toBe('succeeded')
    expect(shown).toEqual(['replace web: image changed'])
    expect(engine.find('app-web-1').imageId).toBe('sha-newer')
    expect(await faults(engine, model)).toEqual([])
  })

  test('a newer one makes a plan that was approved before stale, and leaves everything as it is', async () => {
    const engine = newEngine()
    await up(engine, project({ web: {} }))
    const driver = new MemoryDriver(engine)
    const desired = desiredOf(project({ web: {} }))
    const approved = (await driver.plan(desired, await driver.observe(desired), { pull: 'always' })).fingerprint
    engine.registry.set('good:1', 'sha-newer')
    const stale = deploy(driver, { desired, options: { pull: 'always' } }, options({ approved }))
    await expect(stale).rejects.toMatchObject({ code: 'stale-plan' })
    expect(engine.find('app-web-1').imageId).toBe('sha-good-1')
  })

  test('a pull that brings nothing new changes nothing', async () => {
    const engine = newEngine()
    await up(engine, project({ web: {} }))
    engine.registry.set('good:1', 'sha-good-1')
    const { outcome } = await up(engine, project({ web: {} }), { plan: { pull: 'always' } })
    expect(outcome.status).toBe('unchanged')
  })

  test('one that is not there and must not be pulled stops it before anything is touched', async () => {
    const engine = newEngine()
    const model = project({ web: { image: 'absent:1', pull_policy: 'never' } })
    const { outcome } = await up(engine, model)
    expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'image-missing' } })
    expect(engine.writes).toBe(0)
  })

  test('one that is built is built when it is missing or asked for, and not otherwise', async () => {
    const engine = newEngine()
    const model = project({ web: { image: 'mine:1', build: { context: '.' } } })
    const built = (result: { driver: MemoryDriver }): boolean =>
      result.driver.performed.some((id) => id.startsWith('build'))
    engine.registry.set('mine:1', 'sha-mine')
    expect(built(await up(engine, model))).toBe(true)
    expect(built(await up(engine, model))).toBe(false)
    expect(built(await up(engine, model, { plan: { build: true } }))).toBe(true)
    expect(
      built(
        await up(
          engine,
          {
            ...model,
            services: { web: { ...model.services.web, pull_policy: 'build', command: null, entrypoint: null } },
          },
          { plan: { build: false } },
        ),
      ),
    ).toBe(false)
  })
})

describe('some services only', () => {
  test('are deployed with what they need, and nothing else is touched', async () => {
    const engine = newEngine()
    const model = project({
      web: { depends_on: { db: { condition: 'service_started', required: true } } },
      db: {},
      other: {},
    })
    await up(engine, model, { plan: { services: ['web'] } })
    expect([...engine.containers.values()].map((container) => container.labels.service).sort()).toEqual(['db', 'web'])
    await up(engine, model, { plan: { services: ['other'], noDeps: true, forceRecreate: true } })
    expect(await faults(engine, model)).toEqual([])
  })

  test('by a name nobody knows are refused', async () => {
    await expect(up(newEngine(), project({ web: {} }), { plan: { services: ['wbe'] } })).rejects.toMatchObject({
      code: 'service-unknown',
    })
  })
})
