import { describe, expect, it } from 'vitest'
import { testServer } from './server.ts'
import { compose, createDeployment, createStack, deploy } from './things.ts'

describe('from sign-in to a running stack', () => {
  it('deploys, does nothing when nothing changed, updates, rolls back, stops, and destroys', async () => {
    await using test = await testServer()
    const admin = await test.admin()
    const deployment = await createDeployment(admin, 'shop')
    expect(deployment).toMatchObject({ state: 'new', project: 'shop' })

    const first = await deploy(admin, deployment.id, { reason: 'go live' })
    expect(first).toMatchObject({ state: 'succeeded', release: 1, attempts: 1 })
    expect([...test.engine.containers.values()].map(({ name, state }) => [name, state])).toEqual([
      ['shop-web-1', 'running'],
    ])
    expect(await admin.get(`/deployments/${deployment.id}`)).toMatchObject({ state: 'running', currentRelease: 1 })

    const again = await deploy(admin, deployment.id)
    expect(again.state).toBe('succeeded')
    expect(again.release, JSON.stringify(again.plan)).toBeUndefined()

    await admin.post(`/stacks/${deployment.stack}/versions`, {
      files: [{ path: 'compose.yaml', content: compose({ web: 'good:2' }) }],
    })
    await admin.patch(`/deployments/${deployment.id}`, { version: 2 })
    expect(await deploy(admin, deployment.id)).toMatchObject({ state: 'succeeded', release: 2, previousRelease: 1 })
    expect([...test.engine.containers.values()].map(({ image }) => image)).toEqual(['good:2'])

    const { id } = await admin.post(`/deployments/${deployment.id}/rollback`, { release: 1 }, 202)
    expect(await admin.operation(id)).toMatchObject({ state: 'succeeded', release: 1 })
    expect([...test.engine.containers.values()].map(({ image }) => image)).toEqual(['good:1'])
    const releases = await admin.get(`/deployments/${deployment.id}/releases`)
    expect(
      releases.items.map(({ number, current }: { number: number; current: boolean }) => [number, current]),
    ).toEqual([
      [2, false],
      [1, true],
    ])

    const stop = await admin.post(`/deployments/${deployment.id}/stop`, {}, 202)
    expect((await admin.operation(stop.id)).state).toBe('succeeded')
    expect(await admin.get(`/deployments/${deployment.id}`)).toMatchObject({ state: 'stopped' })
    expect([...test.engine.containers.values()].map(({ state }) => state)).toEqual(['exited'])

    await admin.post(`/deployments/${deployment.id}/destroy`, { confirm: 'other' }, 422)
    const destroy = await admin.post(`/deployments/${deployment.id}/destroy`, { confirm: 'shop' }, 202)
    expect((await admin.operation(destroy.id)).state).toBe('succeeded')
    expect(test.engine.containers.size).toBe(0)
  })

  it('puts the release before back when the new one never gets healthy, and says why', async () => {
    await using test = await testServer()
    const admin = await test.admin()
    const deployment = await createDeployment(admin, 'shop')
    await deploy(admin, deployment.id)
    const before = [...test.engine.containers.keys()]
    await admin.post(`/stacks/${deployment.stack}/versions`, {
      files: [{ path: 'compose.yaml', content: compose({ web: 'crash:1' }) }],
    })
    await admin.patch(`/deployments/${deployment.id}`, { version: 2 })
    const failed = await deploy(admin, deployment.id)
    expect(failed).toMatchObject({ state: 'rolled_back', error: { class: 'target' } })
    expect([...test.engine.containers.keys()]).toEqual(before)
    expect(await admin.get(`/deployments/${deployment.id}`)).toMatchObject({ state: 'running', currentRelease: 1 })
    const { items } = await admin.get(`/operations/${failed.id}/log`)
    expect(items.map(({ number }: { number: number }) => number)).toEqual(
      items.map((_: unknown, index: number) => index + 1),
    )
    expect(items.some(({ level }: { level: string }) => level === 'error')).toBe(true)
  })

  it('keeps secrets out of everything that is stored or shown', async () => {
    await using test = await testServer()
    const admin = await test.admin()
    const planted = 'planted-Zq8vK2'
    await admin.post('/secrets', { name: 'db', value: planted })
    const content = `${compose()}    environment:\n      URL: postgres://u:\${DB}@db\n`
    const stack = await createStack(admin, 'shop', content, {
      variables: [{ name: 'DB', type: 'secret', required: true }],
    })
    const target = (await admin.get('/targets')).items[0].id
    await admin.post('/deployments', { name: 'shop', stack: stack.id, target, variables: { DB: planted } }, 422)
    const deployment = await admin.post('/deployments', {
      name: 'shop',
      stack: stack.id,
      target,
      variables: { DB: 'secret://db' },
    })
    const operation = await deploy(admin, deployment.id)
    expect(operation.state).toBe('succeeded')
    const [container] = test.engine.containers.values()
    expect(JSON.stringify(container?.attributes)).toContain(planted)
    const release = await admin.get(`/deployments/${deployment.id}/releases/1`)
    expect(release.secrets).toEqual([{ provider: 'local', name: 'db', version: 1 }])
    const tables = await test.database.database.pool.query<{ name: string }>(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'job')",
    )
    for (const { name } of tables.rows) {
      const { rows } = await test.database.database.pool.query(`select t::text as row from ${name} t`)
      for (const { row } of rows) expect(row, name).not.toContain(planted)
    }
  })
})
