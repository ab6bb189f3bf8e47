import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import { redisServer } from '../../../test/redis.ts'
import { createLogger } from '../kernel/log.ts'
import type { Broker } from './broker.ts'
import { PostgresBroker } from './postgres.ts'
import { RedisBroker } from './redis.ts'

const log = createLogger('silent')

/** Two processes' brokers that share one service. */
type Pair = AsyncDisposable & { readonly one: Broker; readonly two: Broker; readonly cut: () => Promise<void> }

async function postgresPair(): Promise<Pair> {
  const test = await testDatabase()
  const one = new PostgresBroker(test.database, test.url, log)
  const two = new PostgresBroker(test.database, test.url, log)
  await Promise.all([one.start(), two.start()])
  return {
    one,
    two,
    cut: async () => {
      await test.database.pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'windflow-listen' and datname = current_database()",
      )
    },
    [Symbol.asyncDispose]: async () => {
      await one.close()
      await two.close()
      await test[Symbol.asyncDispose]()
    },
  }
}

async function redisPair(): Promise<Pair> {
  const server = await redisServer()
  const one = await RedisBroker.connect(server.url, log)
  const two = await RedisBroker.connect(server.url, log)
  return {
    one,
    two,
    cut: () => server.restart(),
    [Symbol.asyncDispose]: async () => {
      await one.close()
      await two.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; waited < 5000 && !condition(); waited += 20) await sleep(20)
  expect(condition()).toBe(true)
}

describe.each([
  ['PostgreSQL', postgresPair],
  ['Redis', redisPair],
])('broker on %s', (_name, open) => {
  it('tells every process, also itself, once', async () => {
    await using pair = await open()
    const heard: string[] = []
    pair.one.subscribe('news', (payload) => heard.push(`one ${payload}`))
    pair.two.subscribe('news', (payload) => heard.push(`two ${payload}`))
    pair.two.subscribe('other', () => heard.push('wrong channel'))
    pair.one.publish('news', 'line 1\nline 2')
    await until(() => heard.length === 2)
    await sleep(50)
    expect(heard.sort()).toEqual(['one line 1\nline 2', 'two line 1\nline 2'])
  })

  it('counts in a window for all processes together', async () => {
    await using pair = await open()
    const counts = []
    for (const broker of [pair.one, pair.two, pair.one]) counts.push((await broker.increment('key', 60_000)).count)
    expect(counts).toEqual([1, 2, 3])
    expect((await pair.two.increment('short', 1)).count).toBe(1)
    await sleep(30)
    expect((await pair.two.increment('short', 60_000)).count).toBe(1)
  })

  it('gives a kept value once, and not after its time', async () => {
    await using pair = await open()
    await pair.one.put('ticket', 'value', 60_000)
    expect(await pair.two.take('ticket')).toBe('value')
    expect(await pair.one.take('ticket')).toBeUndefined()
    await pair.one.put('late', 'value', 1)
    await sleep(30)
    expect(await pair.two.take('late')).toBeUndefined()
  })

  it('tells its listeners of a gap after the connection was lost, and works again', async () => {
    await using pair = await open()
    const heard: (string | undefined)[] = []
    pair.two.subscribe('news', (payload) => heard.push(payload))
    await pair.cut()
    await until(() => heard.includes(undefined))
    for (let tries = 0; tries < 50 && !heard.includes('again'); tries++) {
      pair.one.publish('news', 'again')
      await sleep(50)
    }
    expect(heard).toContain('again')
  })
})
