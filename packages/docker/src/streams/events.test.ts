import { expect, it } from 'vitest'
import { fakeEngine } from '../../test/fake-engine.ts'
import type { EngineEvent } from '../api/types.ts'
import { engineEvents } from './events.ts'

function event(second: number, id: string): EngineEvent {
  return {
    Type: 'container',
    Action: 'start',
    Actor: { ID: id, Attributes: {} },
    time: second,
    timeNano: second * 1e9 + Number(id),
  }
}

it('goes on after a broken connection where it was, with nothing twice and nothing left out', async () => {
  const history = [event(100, '1'), event(100, '2'), event(101, '3'), event(101, '4')]
  let connection = 0
  const engine = await fakeEngine((request, response) => {
    const since = Number(new URL(request.url ?? '', 'http://engine').searchParams.get('since') ?? 0)
    // The second connection ends after one event of the second it was asked to begin with.
    const upTo = connection++ === 0 ? 2 : 4
    for (const each of history.slice(0, upTo)) if (each.time >= since) response.write(`${JSON.stringify(each)}\n`)
    if (upTo === 2) setTimeout(() => response.destroy(), 20)
  })
  const seen: string[] = []
  let connected = 0
  for await (const { Actor } of engineEvents(engine.client, {}, AbortSignal.timeout(10_000), {
    connected: () => connected++,
  })) {
    seen.push(Actor.ID)
    if (seen.length === history.length) break
  }
  expect(seen).toEqual(['1', '2', '3', '4'])
  expect(connected).toBe(2)
  expect(engine.requests.at(-1)).toContain('since=100')
})

it('asks for what it missed when the connection broke before the first event', async () => {
  const began = Math.floor(Date.now() / 1000)
  let connection = 0
  const engine = await fakeEngine((_request, response) => {
    if (connection++ === 0) response.end()
    else response.write(`${JSON.stringify(event(began, '1'))}\n`)
  })
  const events = engineEvents(engine.client, {}, AbortSignal.timeout(10_000))
  expect(await events.next()).toMatchObject({ value: { Actor: { ID: '1' } } })
  const since = Number(new URL(engine.requests.at(-1)?.split(' ')[1] ?? '', 'http://engine').searchParams.get('since'))
  expect(since).toBeGreaterThanOrEqual(began)
  expect(since).toBeLessThanOrEqual(Math.floor(Date.now() / 1000))
  await events.return()
})

it('fails when the engine cannot be reached from the start', async () => {
  const engine = await fakeEngine((_request, response) => {
    response.statusCode = 500
    response.end('{"message":"no events today"}')
  })
  const events = engineEvents(engine.client, {}, AbortSignal.timeout(10_000))
  await expect(events.next()).rejects.toThrow('no events today')
})
