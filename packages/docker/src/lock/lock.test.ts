import { describe, expect, test } from 'vitest'
import { fakeEngine } from '../../test/fake-engine.ts'
import { takeLock } from './lock.ts'

const NAME = 'windflow-lock-app'
const TIMES = { beatMs: 60_000, deadMs: 600_000 }

/** An engine that keeps volumes, and does as `behave` says before it answers. */
async function volumesOf(behave: (request: string) => Promise<'broken' | undefined>) {
  const volumes = new Map<string, unknown>()
  const { client } = await fakeEngine((request, response) => {
    const answer = async () => {
      const name = decodeURIComponent(request.url?.split('/').at(-1)?.split('?')[0] ?? '')
      let body = ''
      for await (const chunk of request) body += chunk
      if (request.method === 'POST') {
        const wanted: { readonly Name: string } = JSON.parse(body)
        if (!volumes.has(wanted.Name)) volumes.set(wanted.Name, wanted)
        const found = JSON.stringify(volumes.get(wanted.Name))
        await behave(`POST ${wanted.Name}`)
        return response.end(found)
      }
      if ((await behave(`${request.method} ${name}`)) === 'broken') return request.socket.destroy()
      if (request.method === 'DELETE') response.statusCode = volumes.delete(name) ? 204 : 404
      else if (request.url?.includes('/events')) return response.end()
      else if (volumes.has(name)) return response.end(JSON.stringify(volumes.get(name)))
      else return response.end(JSON.stringify({ Volumes: [] }))
      return response.end()
    }
    answer().catch(() => response.destroy())
  })
  return { client, volumes }
}

describe('a lock', () => {
  test('that is cancelled while the engine is asked for it is not left behind', async () => {
    const cancel = new AbortController()
    const { client, volumes } = await volumesOf(async (request) => {
      if (request.startsWith('POST')) cancel.abort(new Error('cancelled'))
      return undefined
    })
    await expect(takeLock(client, 'app', { description: 'me' }, 0, cancel.signal, TIMES)).rejects.toThrow('cancelled')
    expect([...volumes.keys()]).toEqual([])
  })

  test('that could not be given back is free for the same process all the same', async () => {
    let broken = true
    const { client, volumes } = await volumesOf(async (request) =>
      broken && request.startsWith('DELETE') ? 'broken' : undefined,
    )
    const { signal } = new AbortController()
    const lock = await takeLock(client, 'app', { description: 'me' }, 0, signal, TIMES)
    await expect(lock.release()).rejects.toThrow()
    expect([...volumes.keys()]).toEqual([NAME])
    broken = false
    const next = await takeLock(client, 'app', { description: 'me' }, 0, signal, TIMES)
    await next.release()
    expect([...volumes.keys()]).toEqual([])
  })

  test('that others may have taken for dead is asked for again before a write', async () => {
    const { client, volumes } = await volumesOf(async () => undefined)
    const { signal } = new AbortController()
    const lock = await takeLock(client, 'app', { description: 'me' }, 0, signal, { beatMs: 60_000, deadMs: 0 })
    volumes.set(NAME, { Name: NAME, Labels: { 'windflow.lock.nonce': 'other', 'windflow.lock.description': 'other' } })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(lock.lost.aborted).toBe(false)
    await lock.confirm?.()
    expect(lock.lost.aborted).toBe(true)
    await lock.release()
    expect([...volumes.keys()]).toEqual([NAME])
  })
})
