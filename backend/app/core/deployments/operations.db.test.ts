import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { HeldTarget, Hold } from '../../../test/held-target.ts'
import { testServer } from '../../../test/server.ts'
import { compose, createDeployment, createStack, deploy, localTarget } from '../../../test/things.ts'

describe('the queue of a target', () => {
  it('runs 100 operations by two workers, at most four at once, in the order they were asked for, each once', {
    timeout: 240_000,
  }, async () => {
    const hold = new Hold('gate')
    hold.letGo()
    const driver = (engine: ConstructorParameters<typeof HeldTarget>[0]) => new HeldTarget(engine, hold)
    await using test = await testServer({ driver, env: { WINDFLOW_WORKER_CONCURRENCY: '3' } })
    await using _second = await testServer({
      beside: test,
      driver,
      env: { WINDFLOW_WORKER_CONCURRENCY: '3', WINDFLOW_ROLE: 'worker' },
    })
    const admin = await test.admin()
    const stack = await createStack(admin, 'many', compose())
    const target = await localTarget(admin)
    const ids: string[] = []
    for (let index = 0; index < 100; index++) {
      const deployment = await admin.post('/deployments', { name: `many-${index}`, stack: stack.id, target })
      ids.push((await admin.post(`/deployments/${deployment.id}/deploy`, {}, 202)).id)
    }
    for (const id of ids) {
      const { state, attempts, steps } = await admin.operation(id)
      expect([state, attempts]).toEqual(['succeeded', 1])
      expect(steps.filter(({ action }: { action: string }) => action === 'create')).toHaveLength(1)
    }
    const { rows } = await test.database.database.pool.query<{ id: string }>(
      'select id from operation order by started_at, position',
    )
    expect(rows.map(({ id }) => id)).toEqual(ids)
    expect(hold.most).toBeLessThanOrEqual(4)
    expect(test.engine.containers.size).toBe(100)
  })

  it('tells an operation its place', async () => {
    const hold = new Hold('gate')
    await using test = await testServer({ driver: (engine) => new HeldTarget(engine, hold) })
    const admin = await test.admin()
    await test.database.database.pool.query('update target set concurrency = 1')
    const operations: string[] = []
    for (const name of ['a', 'b', 'c']) {
      const { id } = await createDeployment(admin, name)
      operations.push((await admin.post(`/deployments/${id}/deploy`, {}, 202)).id)
    }
    await hold.reached.promise
    const [, second, third] = await Promise.all(operations.map((id) => admin.get(`/operations/${id}`)))
    expect([second.queuePosition, third.queuePosition]).toEqual([1, 2])
    hold.letGo()
    for (const id of operations) expect((await admin.operation(id)).state).toBe('succeeded')
  })
})

describe('a deployment', () => {
  it('has one live operation at a time', async () => {
    const hold = new Hold('gate')
    await using test = await testServer({ driver: (engine) => new HeldTarget(engine, hold) })
    const admin = await test.admin()
    const { id } = await createDeployment(admin, 'shop')
    const answers = await Promise.all([1, 2, 3].map(() => admin.request('POST', `/deployments/${id}/deploy`, {})))
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409])
    const refused = answers.find(({ status }) => status === 409)
    expect(refused?.body.code).toBe('operation-in-progress')
    hold.letGo()
  })

  it('gets the same operation for the same Idempotency-Key', async () => {
    await using test = await testServer()
    const admin = await test.admin()
    const { id } = await createDeployment(admin, 'shop')
    const once = { 'idempotency-key': 'build-17' }
    const first = await admin.request('POST', `/deployments/${id}/deploy`, {}, once)
    await admin.operation(first.body.id)
    const again = await admin.request('POST', `/deployments/${id}/deploy`, {}, once)
    expect([again.status, again.body.id, again.headers['idempotency-replayed']]).toEqual([202, first.body.id, 'true'])
    const other = await admin.request('POST', `/deployments/${id}/deploy`, { reason: 'other' }, once)
    expect([other.status, other.body.code]).toEqual([409, 'idempotency-key-reused'])
  })
})

describe('cancelling', () => {
  it.each(['preflight', 'create', 'gate'])(
    'an operation at its %s is shown at once and ends as it was before',
    async (action) => {
      const hold = new Hold(action)
      await using test = await testServer({ driver: (engine) => new HeldTarget(engine, hold) })
      const admin = await test.admin()
      const { id } = await createDeployment(admin, 'shop')
      const operation = await admin.post(`/deployments/${id}/deploy`, {}, 202)
      await hold.reached.promise
      expect((await admin.post(`/operations/${operation.id}/cancel`, undefined, 202)).state).toBe('cancelling')
      // A step that writes is never cut off in the middle.
      await sleep(100)
      hold.letGo()
      expect((await admin.operation(operation.id)).state).toBe('cancelled')
      expect(test.engine.containers.size).toBe(0)
      expect(await admin.get(`/deployments/${id}`)).toMatchObject({ state: 'new' })
    },
  )

  it('a queued operation ends it, and a finished one is refused', async () => {
    await using test = await testServer({ env: { WINDFLOW_ROLE: 'api' } })
    const admin = await test.admin()
    const { id } = await createDeployment(admin, 'shop')
    const operation = await admin.post(`/deployments/${id}/deploy`, {}, 202)
    expect((await admin.post(`/operations/${operation.id}/cancel`, undefined, 202)).state).toBe('cancelled')
    await admin.post(`/operations/${operation.id}/cancel`, undefined, 409)
  })
})

describe('approval', () => {
  it('shows the plan first, carries out that plan alone, and shows another one when the target has moved', async () => {
    await using test = await testServer()
    const admin = await test.admin()
    const options = { profiles: [], approval: true, removeOrphans: true }
    const { id } = await createDeployment(admin, 'shop', compose(), { options })
    const operation = await admin.post(`/deployments/${id}/deploy`, {}, 202)
    const waiting = await admin.operation(operation.id, 'awaiting_approval')
    expect(waiting.plan.changes).not.toHaveLength(0)
    expect(test.engine.containers.size).toBe(0)
    await admin.post(`/operations/${operation.id}/approve`, { fingerprint: 'another' }, 409)
    // Somebody else makes the network meanwhile: the plan that was shown is no longer the plan.
    test.engine.createNetwork('shop_default', {})
    await admin.post(`/operations/${operation.id}/approve`, { fingerprint: waiting.plan.fingerprint }, 202)
    await sleep(300)
    const again = await admin.operation(operation.id, 'awaiting_approval')
    expect(again.state).toBe('awaiting_approval')
    expect(again.plan.fingerprint).not.toBe(waiting.plan.fingerprint)
    await admin.post(`/operations/${operation.id}/approve`, { fingerprint: again.plan.fingerprint }, 202)
    await admin.operation(operation.id, 'nothing')
  })
})

describe('the content policy', () => {
  it('refuses a privileged container, unless an owner deploys it', async () => {
    await using test = await testServer()
    const admin = await test.admin()
    const { id } = await createDeployment(admin, 'shop', `${compose()}    privileged: true\n`)
    const { text } = await admin.post('/tokens', { name: 'ci', permissions: ['deployment:operate', 'operation:read'] })
    const operator = test.client()
    operator.token = text
    const refused = await deploy(operator, id)
    expect(refused).toMatchObject({ state: 'failed', error: { class: 'policy', code: 'policy' } })
    expect(refused.error.lines.join()).toContain('services.web.privileged')
    expect(test.engine.containers.size).toBe(0)
    expect((await deploy(admin, id)).state).toBe('succeeded')
  })
})

describe('a worker that stops', () => {
  it('hands its operations over, and another one ends them', async () => {
    const hold = new Hold('gate')
    await using test = await testServer({ env: { WINDFLOW_ROLE: 'api' } })
    const admin = await test.admin()
    const first = await testServer({
      beside: test,
      driver: (engine) => new HeldTarget(engine, hold),
      env: { WINDFLOW_ROLE: 'worker', WINDFLOW_LEASE_SECONDS: '60' },
    })
    const { id } = await createDeployment(admin, 'shop')
    const operation = await admin.post(`/deployments/${id}/deploy`, {}, 202)
    await hold.reached.promise
    await first[Symbol.asyncDispose]()
    expect((await admin.get(`/operations/${operation.id}`)).state).toMatch(/applying|verifying/)
    await using _second = await testServer({ beside: test, env: { WINDFLOW_ROLE: 'worker' } })
    expect(await admin.operation(operation.id)).toMatchObject({ state: 'succeeded', attempts: 2 })
    expect(test.engine.containers.size).toBe(1)
  })

  it('writes nothing more once its lease is lost', async () => {
    const hold = new Hold('gate')
    await using test = await testServer({ driver: (engine) => new HeldTarget(engine, hold) })
    const admin = await test.admin()
    const { id } = await createDeployment(admin, 'shop')
    const operation = await admin.post(`/deployments/${id}/deploy`, {}, 202)
    await hold.reached.promise
    const { pool } = test.database.database
    await sleep(200)
    await pool.query(
      "update operation set fence = fence + 1, lease_owner = 'another', lease_expires_at = now() + interval '1 hour'",
    )
    const { rows: before } = await pool.query('select state, log_number from operation')
    const containers = JSON.stringify([...test.engine.containers.values()])
    hold.letGo()
    await sleep(1500)
    const { rows: after } = await pool.query('select state, log_number from operation')
    expect(after).toEqual(before)
    expect(JSON.stringify([...test.engine.containers.values()])).toBe(containers)
    expect((await admin.get(`/operations/${operation.id}`)).finishedAt).toBeUndefined()
  })
})
