import { describe, expect, it } from 'vitest'
import { buildKitOnly, builtImageName } from './build.ts'
import { bakeTarget } from './build-buildx.ts'
import { classicQuery } from './build-classic.ts'
import { type BuildRequest, isRemoteContext } from './build-request.ts'
import { NO_CREDENTIALS } from './credentials.ts'

const options = {
  credentials: NO_CREDENTIALS,
  composeVersion: '5.6.0',
  env: {},
  proxies: { HTTP_PROXY: 'http://proxy' },
}

function request(build: BuildRequest['build'], more: Partial<BuildRequest> = {}): BuildRequest {
  return { project: 'shop', service: 'web', image: 'shop-web', build: { context: '/src', ...build }, ...more }
}

it('names an image after project and service where the file does not', () => {
  expect(builtImageName('shop', 'web', undefined)).toBe('shop-web')
  expect(builtImageName('shop', 'web', 'registry.example/web:1')).toBe('registry.example/web:1')
})

it('tells folders from what a builder fetches itself', () => {
  const remote = [
    'https://github.com/a/b.git#main',
    'git@github.com:a/b.git',
    'git://x/y',
    'https://x/y.tar.gz',
    'ssh://git@x/y',
  ]
  expect(remote.every(isRemoteContext)).toBe(true)
  expect(['/src', './src', 'C:/src', 'github.com-copy'].some(isRemoteContext)).toBe(false)
})

describe('the classic builder', () => {
  it('gets every option it has', () => {
    const query = classicQuery(
      request(
        {
          args: { A: '1', NONE: null },
          labels: { own: 'x' },
          tags: ['more:1', 'shop-web'],
          target: 'last',
          network: 'host',
          extra_hosts: ['db=10.0.0.1'],
          cache_from: ['cache:1'],
          shm_size: '1024',
          ulimits: { nofile: { soft: 1, hard: 2 }, nproc: { soft: 3, hard: 3 } },
          isolation: 'default',
          no_cache: true,
        },
        { platform: 'linux/arm64', pull: true },
      ),
      options,
    )
    expect(query).toMatchObject({
      version: '1',
      t: ['more:1', 'shop-web'],
      buildargs: { A: '1', HTTP_PROXY: 'http://proxy' },
      labels: { own: 'x', 'com.docker.compose.service': 'web', 'com.docker.compose.image.builder': 'classic' },
      target: 'last',
      networkmode: 'host',
      extrahosts: ['db:10.0.0.1'],
      cachefrom: '["cache:1"]',
      shmsize: '1024',
      isolation: 'default',
      nocache: true,
      pull: true,
      platform: 'linux/arm64',
    })
    expect(query.buildargs).not.toHaveProperty('NONE')
    expect(JSON.parse(query.ulimits ?? '')).toEqual([
      { Name: 'nofile', Soft: 1, Hard: 2 },
      { Name: 'nproc', Soft: 3, Hard: 3 },
    ])
  })

  it('cannot do what only BuildKit can', () => {
    const build = {
      secrets: [{ source: 's' }],
      ssh: ['default'],
      additional_contexts: { other: '/other' },
      cache_to: ['type=inline'],
      no_cache_filter: ['last'],
      entitlements: ['network.host'],
      privileged: true,
      platforms: ['linux/amd64', 'linux/arm64'],
      provenance: 'true',
      sbom: 'true',
    }
    expect(buildKitOnly(request(build))).toEqual(Object.keys(build))
    expect(
      buildKitOnly(request({ secrets: [], platforms: ['linux/amd64'], provenance: 'false', privileged: false })),
    ).toEqual([])
  })
})

describe('a bake target', () => {
  it('holds what BuildKit needs, and no value of a secret', () => {
    const { target, secretEnvironment, readable } = bakeTarget(
      request(
        {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: what bake must not evaluate
          args: { A: 'literal ${HOME} %{x}' },
          secrets: [{ source: 'token', target: 'npm' }, { source: 'file' }],
          ssh: ['default', 'key=/key'],
          additional_contexts: { base: 'service:base', docs: '/docs', image: 'docker-image://x' },
          privileged: true,
          ulimits: { nofile: { soft: 1, hard: 2 } },
          extra_hosts: ['db=10.0.0.1'],
          provenance: 'mode=max',
          sbom: 'false',
        },
        {
          secrets: { token: { environment: 'TOKEN' }, file: { file: '/secret' } },
          environment: { TOKEN: 'hidden' },
          images: { base: 'registry.example/base:1' },
        },
      ),
      options,
    )
    expect(target).toMatchObject({
      context: '/src',
      contexts: { base: 'docker-image://registry.example/base:1', docs: '/docs', image: 'docker-image://x' },
      args: { A: 'literal $${HOME} %%{x}', HTTP_PROXY: 'http://proxy' },
      secret: ['id=npm,type=env,env=WINDFLOW_BUILD_SECRET_0', 'id=file,type=file,src=/secret'],
      ssh: ['default', 'key=/key'],
      entitlements: ['security.insecure'],
      ulimits: ['nofile=1:2'],
      'extra-hosts': { db: '10.0.0.1' },
      attest: ['type=provenance,mode=max', 'type=sbom,disabled=true'],
      output: ['type=docker'],
    })
    expect(JSON.stringify(target)).not.toContain('hidden')
    expect(secretEnvironment).toEqual({ WINDFLOW_BUILD_SECRET_0: 'hidden' })
    expect(readable).toEqual(['/src', '/docs'])
  })
})
