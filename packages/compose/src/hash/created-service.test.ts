import { describe, expect, it } from 'vitest'
import type { Service } from '../model/index.ts'
import { withApiSocket, withDefaultPlatform, withImageMounts, withResolvedReferences } from './created-service.ts'

const service: Service = { image: 'a', command: null, entrypoint: null }

describe('withResolvedReferences', () => {
  const containerOf = (name: string) => ({ db: 'id-of-db', cache: 'id-of-cache' })[name]

  it('puts container ids in the place of services', () => {
    const resolved = withResolvedReferences(
      { ...service, network_mode: 'service:db', ipc: 'service:cache', pid: 'host', volumes_from: ['db:ro', 'cache'] },
      containerOf,
    )
    expect(resolved).toMatchObject({
      network_mode: 'container:id-of-db',
      ipc: 'container:id-of-cache',
      pid: 'host',
      volumes_from: ['id-of-db', 'id-of-cache'],
    })
  })

  it('leaves alone what refers to a service without containers', () => {
    const unresolved = { ...service, network_mode: 'service:none', volumes_from: ['none:ro'] }
    expect(withResolvedReferences(unresolved, containerOf)).toEqual(unresolved)
  })

  it('takes a container named in volumes_from by that name', () => {
    const resolved = withResolvedReferences({ ...service, volumes_from: ['container:outside:ro'] }, containerOf)
    expect(resolved.volumes_from).toEqual(['outside'])
  })
})

describe('withApiSocket', () => {
  it('adds socket and credentials, and keeps a DOCKER_CONFIG of the author', () => {
    const created = withApiSocket({ ...service, use_api_socket: true, environment: { DOCKER_CONFIG: '/mine' } })
    expect(created.environment).toEqual({ DOCKER_CONFIG: '/mine' })
    expect(created.volumes?.map(({ source }) => source)).toEqual(['/var/run/docker.sock'])
    expect(created.configs?.map(({ target }) => target)).toEqual(['/run/secrets/docker/config.json'])
  })

  it('changes nothing unless it is asked for', () => {
    expect(withApiSocket(service)).toBe(service)
  })
})

describe('withImageMounts', () => {
  const mounted = (source: string): Service => ({ ...service, volumes: [{ type: 'image', source, target: '/x' }] })

  it('takes an image of the engine by its name, and else that of a service', () => {
    const hasImage = (name: string) => name === 'alpine' || name === 'shop-web'
    expect(withImageMounts(mounted('alpine'), 'shop', hasImage)).toEqual(mounted('alpine'))
    expect(withImageMounts(mounted('web'), 'shop', hasImage)).toEqual(mounted('shop-web'))
    expect(withImageMounts(mounted('other'), 'shop', hasImage)).toEqual(mounted('other'))
  })
})

describe('withDefaultPlatform', () => {
  it('concerns services that are built and name none', () => {
    const built: Service = { ...service, build: { context: '.' } }
    expect(withDefaultPlatform(built, 'linux/arm64').platform).toBe('linux/arm64')
    expect(withDefaultPlatform({ ...built, platform: 'linux/amd64' }, 'linux/arm64').platform).toBe('linux/amd64')
    expect(withDefaultPlatform(service, 'linux/arm64').platform).toBeUndefined()
    expect(withDefaultPlatform(built, undefined).platform).toBeUndefined()
  })
})
