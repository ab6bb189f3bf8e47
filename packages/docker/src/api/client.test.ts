import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { fakeEngine } from '../../test/fake-engine.ts'
import { queryString } from './client.ts'
import { listContainers } from './containers.ts'
import { createVolume } from './volumes.ts'

describe('the version of the API', () => {
  it('is taken from the first answer, without a request of its own', async () => {
    const engine = await fakeEngine((_request, response) => response.end('[]'), { version: '1.45' })
    await listContainers(engine.client)
    await listContainers(engine.client)
    expect(engine.requests).toEqual(['GET /containers/json', 'GET /v1.45/containers/json'])
    expect(await engine.client.apiVersion()).toBe('1.45')
  })

  it('is asked for once when the first requests write', async () => {
    const engine = await fakeEngine((_request, response) => response.end('{}'))
    await Promise.all(['a', 'b', 'c'].map((Name) => createVolume(engine.client, { Name })))
    expect(engine.requests.filter((request) => request === 'HEAD /_ping')).toHaveLength(1)
    expect(engine.requests.filter((request) => request === 'POST /v1.41/volumes/create')).toHaveLength(3)
  })

  it('is ours when the engine is newer, also for the very first answer', async () => {
    const engine = await fakeEngine((request, response) => response.end(JSON.stringify(request.url)), {
      version: '1.99',
    })
    expect(await listContainers(engine.client)).toBe('/v1.56/containers/json')
  })

  it('is asked for where a proxy takes the header away', async () => {
    const engine = await fakeEngine((request, response) => response.end(JSON.stringify(request.url)), {
      version: null,
    })
    expect(await listContainers(engine.client)).toBe('/v1.41/containers/json')
  })

  it('below the oldest we can work with is an error that says what to do', async () => {
    const engine = await fakeEngine((_request, response) => response.end('[]'), { version: '1.39' })
    await expect(listContainers(engine.client)).rejects.toMatchObject({ code: 'engine-too-old', class: 'target' })
  })

  it('that the user has set is not negotiated', async () => {
    const engine = await fakeEngine((_request, response) => response.end('[]'), { apiVersion: '1.42' })
    await listContainers(engine.client)
    expect(engine.requests).toEqual(['GET /v1.42/containers/json'])
  })
})

describe('requests', () => {
  it('share connections', async () => {
    const engine = await fakeEngine((_request, response) => response.end('[]'))
    for (let i = 0; i < 5; i++) await listContainers(engine.client)
    expect(engine.connections()).toBe(1)
    await Promise.all(Array.from({ length: 4 }, () => listContainers(engine.client)))
    expect(engine.connections()).toBe(4)
  })

  it('that read are sent again when the engine had closed a kept connection', async () => {
    const engine = await fakeEngine((_request, response) => response.end('[]'))
    await listContainers(engine.client)
    engine.disconnect()
    await expect(listContainers(engine.client)).resolves.toEqual([])
  })

  it('carry the message of the engine when it refuses', async () => {
    const engine = await fakeEngine((_request, response) => {
      response.statusCode = 404
      response.end(JSON.stringify({ message: 'no such thing' }))
    })
    await expect(listContainers(engine.client)).rejects.toMatchObject({
      code: 'engine-not-found',
      message: 'no such thing',
      status: 404,
    })
  })

  it('are not answered by endless or unreadable JSON', async () => {
    const endless = await fakeEngine((_request, response) => response.end(`["${'x'.repeat(2000)}"]`), {
      maxJsonBytes: 1000,
    })
    await expect(listContainers(endless.client)).rejects.toMatchObject({ code: 'engine-bad-answer' })
    const broken = await fakeEngine((_request, response) => response.end('<html>'))
    await expect(listContainers(broken.client)).rejects.toMatchObject({ code: 'engine-bad-answer' })
  })

  it('reject with the reason of the signal, before and in the middle of the answer', async () => {
    const engine = await fakeEngine((_request, response) => {
      response.write('[')
    })
    const stop = new AbortController()
    const asked = listContainers(engine.client, {}, stop.signal)
    const failed = expect(asked).rejects.toThrow('enough')
    await sleep(50)
    stop.abort(new Error('enough'))
    await failed
    await expect(listContainers(engine.client, {}, stop.signal)).rejects.toThrow('enough')
  })

  it('that read do not wait for ever for an engine that hangs', async () => {
    const engine = await fakeEngine(() => {}, { readTimeoutMs: 50 })
    await expect(listContainers(engine.client)).rejects.toMatchObject({ code: 'engine-timeout', class: 'transient' })
  })

  it('whose answer breaks off are a transient error', async () => {
    const engine = await fakeEngine((_request, response) => {
      response.write('[1,', () => response.destroy())
    })
    await expect(listContainers(engine.client)).rejects.toMatchObject({
      code: 'engine-connection-lost',
      class: 'transient',
    })
  })
})

describe('a query', () => {
  it('has filters as JSON, flags as digits, lists as repeated keys, and leaves out what is absent', () => {
    const query = { all: true, force: false, filters: { label: ['a=b'] }, t: ['x:1', 'y'], tail: 0, none: undefined }
    expect(queryString(query)).toBe('?all=1&force=0&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D&t=x%3A1&t=y&tail=0')
    expect(queryString({ none: undefined })).toBe('')
  })
})
