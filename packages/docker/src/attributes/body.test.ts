import type { Network, Project, Service } from '@windflow/compose'
import { describe, expect, test } from 'vitest'
import { attributesOf, containerBody, expectedAttributes } from './body.ts'
import type { BodyContext } from './field.ts'

function contextOf(service: Partial<Service>, options: Partial<BodyContext> = {}): BodyContext {
  const web: Service = { command: null, entrypoint: null, image: 'example', ...service }
  const keys = Object.keys(web.networks ?? { default: null })
  const networks: Record<string, Network> = {}
  for (const key of [...keys, 'default']) networks[key] = { name: `p_${key}`, ipam: {} }
  const model: Project = { name: 'p', services: { web }, networks, volumes: { data: { name: 'p_data' } } }
  return {
    model,
    service: 'web',
    number: 1,
    name: 'p-web-1',
    image: 'example',
    labels: {},
    aliases: Object.fromEntries(keys.map((key) => [key, ['p-web-1', 'web']])),
    resolve: () => undefined,
    linked: () => [],
    apiVersion: '1.56',
    sharesFiles: true,
    inherited: [],
    profiles: {},
    proxies: {},
    imageSource: (source) => source,
    ...options,
  }
}

describe('the body of a creation', () => {
  const networks = { back: null, front: { priority: 10 }, other: { priority: 5 } }

  test('has every network at once on engines that take several', () => {
    const { body, connects } = containerBody(contextOf({ networks }))
    expect(Object.keys(body.NetworkingConfig?.EndpointsConfig ?? {})).toEqual(['p_front', 'p_other', 'p_back'])
    expect(connects).toEqual([])
  })

  test('has the network of the highest priority on older ones; the others are joined after', () => {
    const { body, connects } = containerBody(contextOf({ networks }, { apiVersion: '1.43' }))
    expect(Object.keys(body.NetworkingConfig?.EndpointsConfig ?? {})).toEqual(['p_front'])
    expect(body.HostConfig?.NetworkMode).toBe('p_front')
    expect(connects.map(({ network }) => network)).toEqual(['p_other', 'p_back'])
  })

  test('leaves out networks it is not to join yet', () => {
    const { body } = containerBody(contextOf({ networks }, { aliases: { front: ['p-web-1'] } }))
    expect(body.NetworkingConfig?.EndpointsConfig).toEqual({ p_front: { Aliases: ['p-web-1'], IPAMConfig: {} } })
  })

  test('has the address of the card where the engine takes it from', () => {
    const service = { mac_address: '02:42:ac:11:65:43' }
    expect(containerBody(contextOf(service, { apiVersion: '1.41' })).body.MacAddress).toBe('02:42:ac:11:65:43')
    const { body } = containerBody(contextOf(service, { apiVersion: '1.44' }))
    expect(body.MacAddress).toBeUndefined()
    expect(body.NetworkingConfig?.EndpointsConfig.p_default?.MacAddress).toBe('02:42:ac:11:65:43')
  })

  test('clears command and entrypoint only when the author clears them', () => {
    expect(containerBody(contextOf({})).body).not.toHaveProperty('Cmd')
    expect(containerBody(contextOf({ command: [], entrypoint: [] })).body).toMatchObject({ Cmd: [], Entrypoint: [] })
  })

  test('takes an anonymous volume over, and never one that has a name', () => {
    const context = contextOf(
      {
        volumes: [
          { type: 'volume', target: '/anonymous', volume: {} },
          { type: 'volume', source: 'data', target: '/data', volume: {} },
        ],
      },
      {
        inherited: [
          { type: 'volume', source: 'abc', target: '/anonymous', readOnly: false },
          { type: 'volume', source: 'old', target: '/data', readOnly: false },
          { type: 'volume', source: 'def', target: '/of-the-image', readOnly: false },
        ],
      },
    )
    const { body } = containerBody(context)
    expect(body.HostConfig).toMatchObject({
      Binds: ['p_data:/data:rw'],
      Mounts: [
        { Type: 'volume', Source: 'abc', Target: '/anonymous' },
        { Type: 'volume', Source: 'def', Target: '/of-the-image' },
      ],
    })
  })

  test('gives the proxies of the Docker CLI to the container, unless the author says otherwise', () => {
    const { body } = containerBody(
      contextOf({ environment: { HTTP_PROXY: 'mine' } }, { proxies: { HTTP_PROXY: 'theirs', NO_PROXY: 'x' } }),
    )
    expect(body.Env).toEqual(['HTTP_PROXY=mine', 'NO_PROXY=x'])
  })

  test('holds the text of a seccomp profile in the place of its path', () => {
    const { body } = containerBody(
      contextOf({ security_opt: ['seccomp=./p.json', 'systempaths=unconfined'] }, { profiles: { './p.json': '{}' } }),
    )
    expect(body.HostConfig).toMatchObject({ SecurityOpt: ['seccomp={}'], MaskedPaths: [], ReadonlyPaths: [] })
  })

  test.each<[string, Partial<Service>, Partial<BodyContext>, string]>([
    ['a provider', { provider: { type: 'cloud' } }, {}, 'made by the provider cloud'],
    ['a language model', { models: { ai: null } }, {}, 'Docker Model Runner'],
    ['a namespace of nobody', { network_mode: 'service:other' }, {}, 'shares the network namespace of other'],
    ['volumes of nobody', { volumes_from: ['other'] }, {}, 'takes the volumes of other'],
    [
      'a name for an interface on an old engine',
      { networks: { a: { interface_name: 'x' } } },
      { apiVersion: '1.48' },
      'Docker 28.1',
    ],
    [
      'an image mount on an old engine',
      { volumes: [{ type: 'image', source: 'x', target: '/x' }] },
      { apiVersion: '1.47' },
      'Docker 28',
    ],
    [
      'a folder of a volume on an old engine',
      { volumes: [{ type: 'volume', source: 'data', target: '/x', volume: { subpath: 'y' } }] },
      { apiVersion: '1.44' },
      'Docker 26',
    ],
    ['an interval nobody uses', { healthcheck: { start_interval: '1s' } }, {}, 'start_period'],
    [
      'two addresses for one card',
      { mac_address: '02:00:00:00:00:01', networks: { a: { mac_address: '02:00:00:00:00:02' } } },
      {},
      'two addresses',
    ],
    ['an external secret', { secrets: [{ source: 's' }] }, {}, 'secret "s" is external'],
  ])('is refused for %s', (_name, service, options, message) => {
    const context = contextOf(service, options)
    const model = { ...context.model, secrets: { s: { external: true } } }
    expect(() => containerBody({ ...context, model })).toThrow(message)
  })
})

describe('the comparison with what runs', () => {
  const model = contextOf({ environment: { A: '1' }, command: ['run'] }).model
  const options = { apiVersion: '1.56', sharesFiles: true, proxies: {}, profiles: {} }
  const inspect = (config: Record<string, unknown>, host: Record<string, unknown> = {}) => ({
    Config: { Image: 'example', Labels: {}, Tty: false, ...config },
    HostConfig: host,
    NetworkSettings: { Networks: {} },
  })

  test('sees no difference in what the image gives by itself', () => {
    const image = { Env: ['PATH=/bin', 'B=2'], Cmd: ['default'], User: 'app', ExposedPorts: { '80/tcp': {} } }
    const seen = attributesOf(
      inspect({ Env: ['A=1', 'PATH=/bin', 'B=2'], Cmd: ['run'], User: 'app', ExposedPorts: { '80/tcp': {} } }),
      image,
      model,
    )
    expect(seen).toEqual(expectedAttributes(model, 'web', () => undefined, { ...options, image }))
  })

  test('sees no difference in what the engine fills in', () => {
    const host = {
      ShmSize: 67_108_864,
      IpcMode: 'private',
      CgroupnsMode: 'host',
      Runtime: 'runc',
      LogConfig: { Type: 'json-file', Config: {} },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      NetworkMode: 'p_default',
    }
    const seen = attributesOf(inspect({ Env: ['A=1'], Cmd: ['run'], Hostname: '0123456789ab' }, host), {}, model)
    expect(seen).toEqual(expectedAttributes(model, 'web', () => undefined, { ...options, image: {} }))
  })

  test('takes a bind and a mount that say the same for the same', () => {
    const volumes = contextOf({
      volumes: [{ type: 'volume', source: 'data', target: '/data', read_only: true, volume: {} }],
    }).model
    const expected = expectedAttributes(volumes, 'web', () => undefined, { ...options, image: {} }).volumes
    const asBind = attributesOf(inspect({}, { Binds: ['p_data:/data:ro'] }), {}, volumes).volumes
    const mount = { Type: 'volume', Source: 'p_data', Target: '/data', ReadOnly: true }
    const asMount = attributesOf(inspect({}, { Mounts: [mount] }), {}, volumes).volumes
    expect(asBind).toEqual(expected)
    expect(asMount).toEqual(expected)
  })

  test('is in the words of Compose', () => {
    const seen = attributesOf(
      inspect(
        { Healthcheck: { Test: ['CMD', 'x'], Interval: 1e9, Timeout: 90e9, Retries: 3 }, StopTimeout: 90 },
        {
          NanoCpus: 500_000_000,
          RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
          PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }], '53/udp': [{ HostIp: '::1', HostPort: '' }] },
        },
      ),
      {},
      model,
    )
    expect(seen).toMatchObject({
      healthcheck: { test: ['CMD', 'x'], interval: '1s', timeout: '1m30s', retries: 3 },
      stop_grace_period: '1m30s',
      cpus: 0.5,
      restart: 'on-failure:3',
      ports: ['8080:80/tcp', '[::1]::53/udp'],
    })
    const off = attributesOf(inspect({ Healthcheck: { Test: ['NONE'] } }), {}, model)
    expect(off.healthcheck).toEqual({ disable: true })
  })
})
