import { expect, test } from 'vitest'
import { fakeEngine } from '../../test/fake-engine.ts'
import { takeLock } from './lock.ts'
import { holderLabels, newHolder } from './owner.ts'

test('a lock left by a command that died with the engine is taken over: a restarted engine tells no labels of a volume until it is looked at', async () => {
  const dead = { ...newHolder('an update that died'), nonce: 'dead', pidStart: '0' }
  interface Volume {
    readonly Name: string
    readonly Labels: Readonly<Record<string, string>> | null
  }
  const volumes = new Map<string, Volume>([
    ['windflow-lock-shop', { Name: 'windflow-lock-shop', Labels: holderLabels(dead) }],
  ])
  const seen = new Set<string>()
  const { client } = await fakeEngine(async (request, response) => {
    const say = (status: number, body?: object) => response.writeHead(status).end(JSON.stringify(body ?? {}))
    const path = new URL(request.url ?? '', 'http://engine').pathname
    const name = path.split('/').at(-1) ?? ''
    if (path.endsWith('/events')) return response.writeHead(200).end()
    if (path.includes('/containers/')) return say(200, [])
    if (path.endsWith('/volumes/create')) {
      let text = ''
      for await (const part of request) text += part
      const wanted: Volume = JSON.parse(text)
      const found = volumes.get(wanted.Name)
      if (found) return say(201, seen.has(found.Name) ? found : { ...found, Labels: null })
      seen.add(wanted.Name)
      volumes.set(wanted.Name, wanted)
      return say(201, wanted)
    }
    if (path.endsWith('/volumes')) return say(200, { Volumes: [...volumes.values()] })
    const volume = volumes.get(name)
    if (!volume) return say(404, { message: 'no such volume' })
    seen.add(name)
    if (request.method === 'DELETE') volumes.delete(name)
    return request.method === 'DELETE' ? response.writeHead(204).end() : say(200, volume)
  })
  const lock = await takeLock(client, 'shop', { description: 'the next update' }, 2000, AbortSignal.timeout(10_000))
  expect(volumes.get('windflow-lock-shop')?.Labels?.['windflow.lock.description']).toBe('the next update')
  await lock.release()
  expect(volumes.size).toBe(0)
})
