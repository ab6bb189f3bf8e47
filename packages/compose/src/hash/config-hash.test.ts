import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bundleNames, readAnswers } from '../../test/bundle.ts'
import type { Project, Service } from '../model/index.ts'
import { networkHash, serviceHash, serviceHashOf226, serviceText, volumeHash } from './config-hash.ts'
import { withApiSocket, withResolvedReferences } from './created-service.ts'
import { service as serviceLayout } from './layout.ts'

/** Docker Compose writes `$` twice in what it prints. */
const unescaped = (text: string) => text.replaceAll('$$', '$')
const read = (path: string) => unescaped(readFileSync(new URL(path, import.meta.url), 'utf8'))

/** What Docker Compose 5.6 answered (test/record.ts). It cannot hash everything that it can print. */
const cases = bundleNames().flatMap((bundle) =>
  Object.entries(readAnswers(bundle)).flatMap(([name, answer]) => {
    if ('error' in answer || Object.keys(answer.hash).length === 0) return []
    const { model, hash }: { model: Project; hash: Record<string, string> } = JSON.parse(
      unescaped(JSON.stringify(answer)),
    )
    return [{ name: `${bundle}: ${name}`, model, hash }]
  }),
)

describe('serviceHash', () => {
  it.each(cases)('is that of Docker Compose for every service of $name', ({ model, hash }) => {
    const ours = Object.entries(model.services).map(([key, service]) => [key, serviceHash(service)])
    expect(Object.fromEntries(ours)).toEqual(hash)
  })

  it('was compared for every attribute that can make a difference', () => {
    const used = new Set(cases.flatMap((recorded) => Object.values(recorded.model.services).flatMap(Object.keys)))
    // No file gets these into a model: keys the schema has lost, and one that has moved into `environment`.
    const gone = ['dockerfile', 'log_driver', 'log_opt', 'volume_driver', 'env_file']
    const attributes = Object.keys(serviceLayout).filter((key) => !gone.includes(key))
    expect(attributes.filter((key) => !used.has(key))).toEqual([])
  })

  it('stays the same when only the image source, number, order or profile changes', () => {
    const service: Service = { image: 'a', command: null, entrypoint: null }
    const changed: Service = {
      ...service,
      build: { context: '.' },
      pull_policy: 'always',
      scale: 3,
      depends_on: { b: { condition: 'service_started', required: true } },
      profiles: ['x'],
    }
    expect(serviceHash(changed)).toBe(serviceHash(service))
  })

  it('does not depend on the order of keys, nor on values that mean nothing', () => {
    const service: Service = { image: 'a', command: null, entrypoint: null, labels: { a: '1', b: '2' } }
    const other: Service = {
      labels: { b: '2', a: '1' },
      privileged: false,
      cap_add: [],
      hostname: '',
      mem_limit: '0',
      entrypoint: null,
      command: null,
      image: 'a',
      'x-note': 'kept out',
    }
    expect(serviceHash(other)).toBe(serviceHash(service))
  })

  it('escapes as Go does', () => {
    const text = serviceText({ command: ['<&>\u2028"\\\n\u0001é😀'], entrypoint: null })
    expect(text).toBe('{"command":["\\u003c\\u0026\\u003e\\u2028\\"\\\\\\n\\u0001é😀"],"entrypoint":null}')
  })

  it('orders keys of maps by their bytes', () => {
    const text = serviceText({ command: null, entrypoint: null, labels: { '😀': '', ﬀ: '', é: '', z: '', Z: '' } })
    expect(text).toContain('{"Z":"","z":"","é":"","ﬀ":"","😀":""}')
  })
})

describe('serviceHashOf226', () => {
  /** What `config --hash '*'` of Docker Compose 2.26.1 answers for test/compose-2.26/compose.yaml. */
  const recorded: { model: Project; hash: Record<string, string> } = JSON.parse(
    read('../../test/compose-2.26/recorded.json'),
  )

  it('is that of Docker Compose 2.26.1', () => {
    const ours = Object.entries(recorded.model.services).map(([key, service]) => [key, serviceHashOf226(service)])
    expect(Object.fromEntries(ours)).toEqual(recorded.hash)
  })

  it('differs from that of 5.6 only where the rules differ', () => {
    const { services } = recorded.model
    const different = Object.entries(services).filter(([key, service]) => serviceHash(service) !== recorded.hash[key])
    expect(different.map(([key]) => key).sort()).toEqual(['binds', 'depending', 'files', 'profiled'])
  })
})

describe('hashes on a real engine', () => {
  /** Labels that Docker Compose 5.6.0 wrote (scripts/record-labels.ts). */
  const recorded: {
    model: Project
    baseContainer: string
    services: Record<string, string>
    networks: Record<string, string>
    volumes: Record<string, string>
  } = JSON.parse(read('../../test/engine-labels/recorded.json'))

  const each = <T>(elements: Record<string, T> | undefined, hash: (element: T) => string) =>
    Object.fromEntries(Object.entries(elements ?? {}).map(([key, element]) => [key, hash(element)]))

  it('are ours for networks', () => {
    expect(each(recorded.model.networks, networkHash)).toMatchObject(recorded.networks)
  })

  it('are ours for volumes', () => {
    expect(each(recorded.model.volumes, volumeHash)).toMatchObject(recorded.volumes)
  })

  it('are ours for containers, once references to other services are resolved', () => {
    const containerOf = (service: string) => (service === 'base' ? recorded.baseContainer : undefined)
    const created = (service: Service) => withResolvedReferences(withApiSocket(service), containerOf)
    expect(each(recorded.model.services, (service) => serviceHash(created(service)))).toEqual(recorded.services)
  })
})
