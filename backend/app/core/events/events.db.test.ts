import { describe, expect, it } from 'vitest'
import { eventStream, type StreamEvent } from '../../../../cli/src/server/event-stream.ts'
import { member } from '../../../test/people.ts'
import { type TestServer, testServer } from '../../../test/server.ts'
import { compose, createDeployment, createStack, deploy } from '../../../test/things.ts'

/** The first `count` events after a number, as the command line reads them. */
async function read(
  test: TestServer,
  headers: Record<string, string>,
  after: number,
  count: number,
  path = '/api/v1/events',
): Promise<StreamEvent[]> {
  const leave = new AbortController()
  const found: StreamEvent[] = []
  const url = `${await address(test)}${path}?after=${after}`
  for await (const event of eventStream({
    url,
    headers,
    signal: leave.signal,
    isLast: ({ event }) => event === 'end',
  })) {
    found.push(event)
    if (found.length === count) leave.abort()
  }
  return found
}

const addresses = new WeakMap<TestServer, Promise<string>>()
function address(test: TestServer): Promise<string> {
  const known = addresses.get(test) ?? test.server.listen()
  addresses.set(test, known)
  return known
}

function numbers(events: readonly StreamEvent[]): number[] {
  return events.map(({ id }) => Number(id))
}

describe('events', () => {
  it('come in order, each once, from wherever one begins, across two servers', async () => {
    await using test = await testServer({ env: { WINDFLOW_PORT: '0', WINDFLOW_ROLE: 'api' } })
    await using beside = await testServer({ beside: test, env: { WINDFLOW_PORT: '0', WINDFLOW_ROLE: 'api' } })
    const admin = await test.admin()
    const { text } = await admin.post('/tokens', { name: 'watch' })
    const headers = { authorization: `Bearer ${text}` }
    const live = read(beside, headers, 0, 10)
    for (let index = 1; index <= 10; index++) await createStack(admin, `stack-${index}`, compose())
    const seen = await live
    expect(numbers(seen)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(seen.map(({ data }) => (data as { data: { name: string } }).data.name)).toEqual(
      seen.map((_, index) => `stack-${index + 1}`),
    )
    expect(numbers(await read(test, headers, 7, 3))).toEqual([8, 9, 10])
  })

  it('end for somebody whose right ended, at the next event', async () => {
    await using test = await testServer({ env: { WINDFLOW_PORT: '0' } })
    const admin = await test.admin()
    const viewer = await member(test, admin, 'viewer')
    const { text, token } = await viewer.post('/tokens', { name: 'watch' })
    const response = await fetch(`${await address(test)}/api/v1/events?after=0`, {
      headers: { authorization: `Bearer ${text}` },
    })
    expect(response.status).toBe(200)
    await createStack(admin, 'seen', compose())
    const reader = (response.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream()).getReader()
    let received = ''
    while (!received.includes('seen')) received += (await reader.read()).value ?? ''
    await admin.delete(`/tokens/${token.id}`)
    await createStack(admin, 'hidden', compose())
    for (let part = await reader.read(); !part.done; part = await reader.read()) received += part.value
    expect(received).not.toContain('hidden')
  })
})

describe('the log of an operation', () => {
  it('is followed to its end, and read again from any line', async () => {
    await using test = await testServer({ env: { WINDFLOW_PORT: '0' } })
    const admin = await test.admin()
    const { text } = await admin.post('/tokens', { name: 'watch' })
    const headers = { authorization: `Bearer ${text}` }
    const { id } = await createDeployment(admin, 'shop')
    const operation = await deploy(admin, id)
    const path = `/api/v1/operations/${operation.id}/log/stream`
    const all = await read(test, headers, 0, 1000, path)
    expect(all.at(-1)).toMatchObject({ event: 'end', data: { state: 'succeeded' } })
    const lines = numbers(all.slice(0, -1))
    expect(lines).toEqual(lines.map((_, index) => index + 1))
    expect(numbers((await read(test, headers, 3, 1000, path)).slice(0, -1))).toEqual(lines.slice(3))
  })
})
