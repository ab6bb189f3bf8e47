import { describe, expect, test } from 'vitest'
import { MemoryDriver } from '../test/memory/driver.ts'
import { FakeEngineError } from '../test/memory/engine.ts'
import { faults, newEngine, project, snapshot, up } from '../test/memory/world.ts'

const PORT = [{ target: 80, published: '8080', protocol: 'tcp', mode: 'ingress' }]

function changes(result: {
  plan: { changes: readonly { action: string; resource: { kind: string; name: string } }[] }
}) {
  return result.plan.changes.map((change) => `${change.action} ${change.resource.kind} ${change.resource.name}`)
}

describe('a first deploy', () => {
  test('makes networks, volumes and containers, and a second one writes nothing', async () => {
    const engine = newEngine()
    const model = project(
      {
        web: { depends_on: { db: { condition: 'service_healthy', required: true } }, ports: PORT },
        db: { volumes: [{ type: 'volume', source: 'data', target: '/data' }] },
      },
      { volumes: { data: { name: 'app_data' } } },
    )
    const first = await up(engine, model)
    expect(first.outcome.failure).toBeUndefined()
    expect(first.outcome.status).toBe('succeeded')
    expect(changes(first)).toEqual([
      'create network default',
      'create volume data',
      'create service db',
      'create service web',
    ])
    expect(await faults(engine, model)).toEqual([])
    const writes = engine.writes
    const again = await up(engine, model)
    expect(again.outcome.status).toBe('unchanged')
    expect(engine.writes).toBe(writes)
  })

  test('starts a service after what it depends on is ready', async () => {
    const engine = newEngine()
    const model = project({
      web: {
        depends_on: {
          db: { condition: 'service_healthy', required: true },
          seed: { condition: 'service_completed_successfully', required: true },
        },
      },
      db: { image: 'slow:1' },
      seed: { image: 'job:1', depends_on: { db: { condition: 'service_started', required: true } } },
    })
    const { driver, outcome } = await up(engine, model)
    expect(outcome.status).toBe('succeeded')
    const order = driver.performed.filter((id) => /^(start|gate)/.test(id))
    expect(order.indexOf('start/service/web/1')).toBeGreaterThan(order.indexOf('gate/service/db/1'))
    expect(order.indexOf('start/service/web/1')).toBeGreaterThan(order.indexOf('gate/service/seed/1'))
    expect(order.indexOf('start/service/seed/1')).toBeLessThan(order.indexOf('gate/service/db/1') + 2)
    expect(await faults(engine, model)).toEqual([])
  })

  test('that fails its gate leaves no container and no network behind', async () => {
    const engine = newEngine()
    const { outcome } = await up(engine, project({ web: { image: 'crash:1' }, db: {} }))
    expect(outcome.status).toBe('rolled_back')
    expect(outcome.failure?.code).toBe('container-exited')
    expect(outcome.failure?.step).toBe('gate/service/web/1')
    expect(engine.containers.size).toBe(0)
    expect(engine.networks.size).toBe(0)
  })

  test('touches nothing when an image cannot be had', async () => {
    const engine = newEngine()
    await up(engine, project({ web: {} }))
    const before = snapshot(engine)
    const { outcome } = await up(engine, project({ web: { image: 'nowhere:9' } }))
    expect(outcome.status).toBe('failed')
    expect(outcome.failure?.step).toBe('pull/image/nowhere:9')
    expect(snapshot(engine)).toEqual(before)
  })
})

describe('an update', () => {
  test('of one of several services touches that one only', async () => {
    const engine = newEngine()
    await up(engine, project({ a: {}, b: {}, c: {} }))
    const model = project({ a: {}, b: { environment: { LOG_LEVEL: 'debug' } }, c: {} })
    const result = await up(engine, model)
    expect(changes(result)).toEqual(['replace service b'])
    expect(result.driver.performed.filter((id) => !id.includes('service/b') && !id.startsWith('preflight'))).toEqual([])
    expect(await faults(engine, model)).toEqual([])
  })

  test('starts the new one first where two can run side by side, and somebody always answers', async () => {
    const engine = newEngine()
    await up(engine, project({ web: { image: 'slow:1' } }))
    const seen: number[] = []
    engine.onWrite = () => {
      const answering = engine.resolve('app_default', 'web')
      expect(answering.every((container) => container.health === 'healthy')).toBe(true)
      seen.push(answering.length)
    }
    const model = project({ web: { image: 'slow:2' } })
    const { outcome, plan } = await up(engine, model)
    expect(outcome.status).toBe('succeeded')
    expect(plan.impact).toBe('none')
    expect(Math.min(...seen)).toBe(1)
    engine.onWrite = () => undefined
    expect(await faults(engine, model)).toEqual([])
  })

  test('takes the names of the service from the old one before it is stopped', async () => {
    const engine = newEngine()
    await up(engine, project({ web: {} }))
    const [old] = engine.containers.keys()
    let answering: string[] = []
    engine.onWrite = (moment, what) => {
      if (moment === 'before' && what === `stop ${old}`)
        answering = engine.resolve('app_default', 'web').map((c) => c.id)
    }
    await up(engine, project({ web: { image: 'good:2' } }))
    expect(answering).toEqual([engine.find('app-web-1').id])
  })

  test('stops nothing before every new container could be made', async () => {
    const engine = newEngine()
    const build = (tag: string) =>
      project({ a: { image: `good:${tag}`, container_name: 'a' }, b: { image: `good:${tag}`, container_name: 'b' } })
    await up(engine, build('1'))
    const starts = (): number[] => [...engine.containers.values()].map((container) => container.starts)
    engine.onWrite = (_, what) => {
      if (what === 'create b.next') throw new FakeEngineError(500, 'no space left on device')
    }
    const { outcome } = await up(engine, build('2'))
    expect(outcome).toMatchObject({ status: 'rolled_back', failure: { step: 'create/service/b/1' } })
    expect(starts()).toEqual([1, 1])
  })

  test('stops the old one first where a host port is shared, and keeps it until the verdict', async () => {
    const engine = newEngine()
    await up(engine, project({ web: { ports: PORT } }))
    const [old] = [...engine.containers.keys()]
    const { outcome, plan, driver } = await up(engine, project({ web: { ports: PORT, image: 'good:2' } }))
    expect(outcome.status).toBe('succeeded')
    expect(plan.impact).toBe('downtime')
    const order = driver.performed
    expect(order.indexOf('create/service/web/1')).toBeLessThan(order.indexOf('stop/service/web/1'))
    expect(order.indexOf('remove/service/web/1')).toBeGreaterThan(order.indexOf('gate/service/web/1'))
    expect(engine.containers.has(old ?? '')).toBe(false)
  })

  test.each([
    ['start-first', {}],
    ['stop-first', { ports: PORT }],
  ])('that fails its gate puts the very same container back (%s)', async (_, more) => {
    const engine = newEngine()
    const model = project({ web: { ...more }, db: {} })
    await up(engine, model)
    const before = snapshot(engine)
    const { outcome } = await up(engine, project({ web: { ...more, image: 'sick:2' }, db: { image: 'good:2' } }))
    expect(outcome.status).toBe('rolled_back')
    expect(outcome.failure?.code).toBe('container-unhealthy')
    expect(snapshot(engine)).toEqual(before)
    expect(await faults(engine, model)).toEqual([])
  })

  test('keeps what failed when nobody wants it rolled back', async () => {
    const engine = newEngine()
    await up(engine, project({ web: { ports: PORT } }))
    const { outcome } = await up(engine, project({ web: { ports: PORT, image: 'sick:2' } }), {
      run: { rollback: false },
    })
    expect(outcome.status).toBe('failed')
    expect(engine.find('app-web-1').image).toBe('sick:2')
  })

  test('replaces what lives in the namespace of a replaced container', async () => {
    const engine = newEngine()
    const build = (tag: string) =>
      project({ vpn: { image: `good:${tag}` }, client: { network_mode: 'service:vpn', networks: {} } })
    await up(engine, build('1'))
    const result = await up(engine, build('2'))
    expect(result.outcome.failure).toBeUndefined()
    expect(changes(result)).toEqual(['replace service vpn', 'replace service client'])
    expect(engine.find('app-client-1').namespace).toBe(engine.find('app-vpn-1').id)
    expect(await faults(engine, build('2'))).toEqual([])
  })

  test('restarts what asks to be restarted with what it depends on', async () => {
    const engine = newEngine()
    const build = (tag: string) =>
      project({
        db: { image: `good:${tag}`, ports: PORT },
        web: { depends_on: { db: { condition: 'service_started', required: true, restart: true } } },
      })
    await up(engine, build('1'))
    const web = engine.find('app-web-1').id
    const { plan, driver } = await up(engine, build('2'))
    expect(plan.changes.map((change) => [change.resource.name, change.action, change.impact])).toEqual([
      ['db', 'replace', 'downtime'],
      ['web', 'update', 'restart'],
    ])
    const order = driver.performed
    expect(order.indexOf('stop/service/web/1')).toBeLessThan(order.indexOf('stop/service/db/1'))
    expect(order.indexOf('start/service/web/1')).toBeGreaterThan(order.indexOf('start/service/db/1'))
    expect(engine.find('app-web-1').id).toBe(web)
    expect(await faults(engine, build('2'))).toEqual([])
  })

  test('rolls several instances one after the other', async () => {
    const engine = newEngine()
    const build = (tag: string) =>
      project({ web: { image: `good:${tag}`, scale: 3, volumes: [{ type: 'bind', source: '/srv', target: '/srv' }] } })
    await up(engine, build('1'))
    let fewest = 3
    engine.onWrite = () => {
      fewest = Math.min(fewest, engine.resolve('app_default', 'web').length)
    }
    const { plan } = await up(engine, build('2'))
    expect(plan.impact).toBe('restart')
    expect(fewest).toBe(2)
  })

  test('moves a host port from one service to another', async () => {
    const engine = newEngine()
    await up(engine, project({ old: { ports: PORT }, other: {} }))
    const model = project({ fresh: { ports: PORT }, other: {} })
    const { outcome } = await up(engine, model, { plan: { removeOrphans: true } })
    expect(outcome.failure).toBeUndefined()
    expect(await faults(engine, model)).toEqual([])
  })

  test('lets two services swap their container names', async () => {
    const engine = newEngine()
    await up(engine, project({ a: { container_name: 'x' }, b: { container_name: 'y' } }))
    const model = project({ a: { container_name: 'y' }, b: { container_name: 'x' } })
    const { outcome } = await up(engine, model)
    expect(outcome.failure).toBeUndefined()
    expect(engine.find('y').labels.service).toBe('a')
    expect(await faults(engine, model)).toEqual([])
  })
})

describe('networks and volumes', () => {
  test('a changed network is made again, and what was on it is restarted, not replaced', async () => {
    const engine = newEngine()
    const build = (internal: boolean) =>
      project({ web: {}, db: {} }, { networks: { default: { name: 'app_default', ipam: {}, internal } } })
    await up(engine, build(false))
    const ids = [...engine.containers.keys()]
    const result = await up(engine, build(true))
    expect(result.outcome.failure).toBeUndefined()
    expect(changes(result)).toEqual(['replace network default', 'update service web', 'update service db'])
    expect([...engine.containers.keys()]).toEqual(ids)
    expect(await faults(engine, build(true))).toEqual([])
  })

  test('a failed change of a network puts the old network back', async () => {
    const engine = newEngine()
    const build = (internal: boolean, image: string) =>
      project({ web: { image }, db: {} }, { networks: { default: { name: 'app_default', ipam: {}, internal } } })
    const model = build(false, 'good:1')
    await up(engine, model)
    const ids = [...engine.containers.keys()]
    const { outcome } = await up(engine, build(true, 'sick:1'), { previous: model })
    expect(outcome.status).toBe('rolled_back')
    expect([...engine.containers.keys()]).toEqual(ids)
    expect(await faults(engine, model)).toEqual([])
  })

  test('a renamed network is made, what is on the old one moves without a restart, and the old one goes', async () => {
    const engine = newEngine()
    const build = (name: string, more: Record<string, object> = {}) =>
      project({ web: {}, db: {}, ...more }, { networks: { default: { name, ipam: {} } } })
    await up(engine, build('app_one'))
    const before = [...engine.containers.values()].map((container) => [container.id, container.startedAt])
    const failed = await up(engine, build('app_two', { extra: { image: 'crash:1' } }))
    expect(failed.outcome.status).toBe('rolled_back')
    expect(await faults(engine, build('app_one'))).toEqual([])
    const { outcome } = await up(engine, build('app_two'))
    expect(outcome.warnings).toEqual([])
    expect([...engine.networks.values()].map((network) => network.name)).toEqual(['app_two'])
    expect([...engine.containers.values()].map((container) => [container.id, container.startedAt])).toEqual(before)
    expect(await faults(engine, build('app_two'))).toEqual([])
  })

  test('a changed volume loses its data, so it needs consent', async () => {
    const engine = newEngine()
    const build = (driver_opts: Record<string, string>) =>
      project(
        { db: { volumes: [{ type: 'volume', source: 'data', target: '/data' }] } },
        { volumes: { data: { name: 'app_data', driver_opts } } },
      )
    await up(engine, build({}))
    const data = engine.volumes.get('app_data')?.data
    engine.registry.set('good:1', 'sha-good-1')
    for (const plan of [{}, { pull: 'always' }] as const)
      await expect(up(engine, build({ o: 'size=1m' }), { plan })).rejects.toMatchObject({
        code: 'consent-needed',
        message: expect.stringContaining('volume/data'),
      })
    expect(engine.volumes.get('app_data')?.data).toBe(data)
    const { outcome } = await up(engine, build({ o: 'size=1m' }), { run: { consent: 'data-loss' } })
    expect(outcome.failure).toBeUndefined()
    expect(engine.volumes.get('app_data')?.data).not.toBe(data)
    expect(await faults(engine, build({ o: 'size=1m' }))).toEqual([])
  })

  test('a container that goes with its volume is not taken off a network that goes too while it is being removed', async () => {
    const engine = newEngine()
    const build = (label: string) =>
      project(
        { db: { volumes: [{ type: 'volume', source: 'data', target: '/data' }] } },
        {
          networks: { default: { name: 'app_default', ipam: {}, driver_opts: { label } } },
          volumes: { data: { name: 'app_data', driver_opts: { label } } },
        },
      )
    await up(engine, build('a'))
    const { outcome, driver } = await up(engine, build('b'), { run: { consent: 'data-loss' } })
    expect(outcome.failure).toBeUndefined()
    const order = ['remove/service/db/1', 'remove-network/network/default']
    expect(driver.performed.filter((id) => order.includes(id) || id.startsWith('disconnect/'))).toEqual(order)
    expect(await faults(engine, build('b'))).toEqual([])
  })

  test.each([
    ['two services want one port', { a: { ports: PORT }, b: { ports: PORT } }, 'port-conflict'],
    ['a scaled service wants one port', { a: { ports: PORT, scale: 2 } }, 'port-conflict'],
    ['a scaled service has a name', { a: { container_name: 'x', scale: 2 } }, 'name-conflict'],
    ['two services have one name', { a: { container_name: 'x' }, b: { container_name: 'x' } }, 'name-conflict'],
  ])('what one host cannot have is refused before anything is touched: %s', async (_, services, code) => {
    const engine = newEngine()
    await expect(up(engine, project(services))).rejects.toMatchObject({ code, class: 'user' })
    expect(engine.writes).toBe(0)
  })

  test('an external network that is missing is refused before anything is touched', async () => {
    const engine = newEngine()
    const model = project({ web: {} }, { networks: { default: { name: 'shared', ipam: {}, external: true } } })
    await expect(up(engine, model)).rejects.toMatchObject({ code: 'network-missing', class: 'user' })
    expect(engine.writes).toBe(0)
  })
})

describe('what is there already', () => {
  test('is started again when it is stopped, and unpaused when it is paused', async () => {
    const engine = newEngine()
    const model = project({ a: {}, b: {} })
    await up(engine, model)
    engine.stop('app-a-1')
    engine.pause('app-b-1', true)
    const result = await up(engine, model)
    expect(changes(result)).toEqual(['start service a', 'start service b'])
    expect(await faults(engine, model)).toEqual([])
  })

  test('is kept when another Compose version hashed it differently', async () => {
    const engine = newEngine()
    const model = project({ web: { environment: { A: '1' } } })
    await up(engine, model)
    const container = engine.find('app-web-1')
    Object.assign(container.labels, { hash: 'of another kind', version: '2.26.1' })
    const { outcome } = await up(engine, model)
    expect(outcome.status).toBe('unchanged')
    const changed = await up(engine, project({ web: { environment: { A: '2' } } }))
    expect(changed.plan.changes[0]?.fields).toEqual([{ path: 'environment.A', before: '1', after: '2' }])
  })

  test('is connected again when somebody disconnected it', async () => {
    const engine = newEngine()
    const model = project({ web: {} })
    await up(engine, model)
    engine.disconnect('app_default', 'app-web-1')
    const result = await up(engine, model)
    expect(changes(result)).toEqual(['update service web'])
    expect(await faults(engine, model)).toEqual([])
  })

  test('keeps the lowest numbers when scaled down and reuses free ones when scaled up', async () => {
    const engine = newEngine()
    await up(engine, project({ web: { scale: 3 } }))
    engine.remove('app-web-2')
    const { plan } = await up(engine, project({ web: { scale: 3 } }))
    expect(plan.changes.map((change) => change.resource.instance)).toEqual([2])
    await up(engine, project({ web: { scale: 1 } }))
    expect([...engine.containers.values()].map((container) => container.name)).toEqual(['app-web-1'])
  })

  test('orphans stay unless asked to go', async () => {
    const engine = newEngine()
    await up(engine, project({ web: {}, gone: {} }))
    expect((await up(engine, project({ web: {} }))).outcome.status).toBe('unchanged')
    await up(engine, project({ web: {} }), { plan: { removeOrphans: true } })
    expect(await faults(engine, project({ web: {} }))).toEqual([])
  })

  test('a job that ended well is not run again; one that failed is', async () => {
    const engine = newEngine()
    const model = project({
      web: { depends_on: { seed: { condition: 'service_completed_successfully', required: true } } },
      seed: { image: 'job:1' },
    })
    await up(engine, model)
    expect((await up(engine, model)).outcome.status).toBe('unchanged')
    engine.find('app-seed-1').exitCode = 1
    expect(changes(await up(engine, model))).toEqual(['start service seed'])
  })
})

test('a second operation on the project is refused while one runs, and finds the lock of a dead one free', async () => {
  const engine = newEngine()
  const other = new MemoryDriver(engine)
  await other.lock('app', { description: 'somebody else' })
  await expect(up(engine, project({ web: {} }))).rejects.toMatchObject({ code: 'locked' })
  other.dead = true
  expect((await up(engine, project({ web: {} }))).outcome.status).toBe('succeeded')
})
