import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { startEmbedded } from '../app/core/db/embedded/cluster.ts'
import { createLogger } from '../app/core/kernel/log.ts'
import type { Client } from './client.ts'
import { HeldTarget, Hold } from './held-target.ts'
import { redisServer } from './redis.ts'
import { ADMIN, testServer } from './server.ts'
import { createDeployment, deploy } from './things.ts'

/** Asks until it is answered well; every other answer until then must be 503 with a reason, or a lost connection. */
async function untilBack(client: Client, path: string, back = () => true): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const { status, body } = await client.request('GET', path)
    if (status === 200) {
      if (back()) return
      await sleep(50)
      continue
    }
    expect([status, body.code], JSON.stringify(body)).toEqual([503, expect.stringMatching(/-unavailable$/)])
    expect(body.detail).toMatch(/does not answer/)
    await sleep(50)
  }
  throw new Error('it does not come back')
}

it('two api and two workers share one database and Redis, and a killed Redis costs nothing', {
  timeout: 120_000,
}, async () => {
  await using redis = await redisServer()
  const env = { REDIS_URL: redis.url, WINDFLOW_RATE_LIMIT: 'on' }
  await using one = await testServer({ env })
  await using two = await testServer({ beside: one, env: { ...env, WINDFLOW_ROLE: 'api' } })
  await using _worker = await testServer({ beside: one, env: { ...env, WINDFLOW_ROLE: 'worker' } })
  const admin = await one.admin()
  const there = two.client()
  for (const [name, value] of admin.cookies) there.cookies.set(name, value)
  const { id } = await createDeployment(admin, 'shop')
  const { id: operation } = await there.post(`/deployments/${id}/deploy`, {}, 202)
  expect((await admin.operation(operation)).state).toBe('succeeded')
  await redis.stop()
  const away = await two.client().request('POST', '/auth/login', ADMIN)
  expect([away.status, away.body.code]).toEqual([503, 'redis-unavailable'])
  expect((await two.client().request('GET', '/api/health/ready')).body.dependencies.redis.status).toBe('failing')
  await redis.restart()
  await untilBack(there, '/me')
  expect(await deploy(there, id, { forceRecreate: true })).toMatchObject({ state: 'succeeded', release: 2 })
})

it('a killed PostgreSQL gives 503 with a reason, comes back by itself, and no operation is lost', {
  timeout: 180_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'windflow-lost-'))
  await chmod(folder, 0o711)
  const embedded = await startEmbedded(folder, createLogger('silent'))
  try {
    const hold = new Hold('gate')
    const url = embedded.url
    await using test = await testServer({
      env: { DATABASE_URL: url, WINDFLOW_LEASE_SECONDS: '5' },
      options: { databaseUrl: url },
      driver: (engine) => new HeldTarget(engine, hold),
    })
    const admin = await test.admin()
    const { id } = await createDeployment(admin, 'shop')
    const { id: operation } = await admin.post(`/deployments/${id}/deploy`, {}, 202)
    await hold.reached.promise
    const killed = embedded.pid()
    process.kill(killed, 'SIGKILL')
    // Sessions of a killed PostgreSQL may answer a moment longer.
    await untilBack(admin, '/me', () => embedded.pid() !== killed)
    hold.letGo()
    const ended = await admin.operation(operation)
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded')
    expect([...test.engine.containers.values()].map(({ name, state }) => [name, state])).toEqual([
      ['shop-web-1', 'running'],
    ])
    const { items } = await admin.get(`/operations/${operation}/log`)
    expect(items.map(({ number }: { number: number }) => number)).toEqual(
      items.map((_: unknown, index: number) => index + 1),
    )
  } finally {
    await embedded.stop()
    await rm(folder, { recursive: true, force: true })
  }
})
