import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, connect as dial } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StepProgress } from '@windflow/engine'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mustRun } from '../../../scripts/testing/command.ts'
import { importBusybox } from '../../../scripts/testing/images.ts'
import { startRegistry, type TestRegistry } from '../../../scripts/testing/registry.ts'
import { buildxProgram } from '../../../scripts/testing/tools.ts'
import { type EngineClient, inspectImage, removeImage } from '../src/api/index.ts'
import {
  type BuildRequest,
  buildImage,
  dockerCredentials,
  NO_CREDENTIALS,
  pulledDigest,
  pullImage,
  registryDigest,
} from '../src/images/index.ts'
import { connect } from '../src/targets/index.ts'

const dockerHost = process.env.DOCKER_HOST ?? ''
let engine: EngineClient
let folder: string

beforeAll(async () => {
  engine = await connect({ url: dockerHost })
  folder = await mkdtemp(join(tmpdir(), 'windflow-images-'))
})

afterAll(async () => {
  await engine.close()
  await rm(folder, { recursive: true, force: true })
})

describe('pulling from a registry that asks who one is', () => {
  let registry: TestRegistry
  let image: string
  let home: string

  beforeAll(async () => {
    registry = await startRegistry()
    image = `${registry.address}/team/app:1`
    home = join(folder, 'docker-config')
    await mkdir(home)
    const auth = Buffer.from(`${registry.user}:${registry.password}`).toString('base64')
    await writeFile(join(home, 'config.json'), JSON.stringify({ auths: { [registry.address]: { auth } } }))
    const env = { DOCKER_HOST: dockerHost, DOCKER_CONFIG: home }
    // Made anew, so that the engine has its layer from nowhere else.
    await importBusybox(dockerHost, [image])
    await mustRun('docker', ['push', '-q', image], { env })
  })
  afterAll(async () => {
    await removeImage(engine, image).catch(() => {})
    await registry.stop()
  })
  beforeEach(() => removeImage(engine, image).catch(() => {}))

  it('uses the credentials of the docker configuration and says how far it is', async () => {
    const reports: StepProgress[] = []
    const credentials = dockerCredentials({ DOCKER_CONFIG: home })
    const pulled = await pullImage(engine, image, { credentials, report: (progress) => reports.push(progress) })
    expect(pulled.RepoTags).toContain(image)
    expect(pulledDigest(pulled, image)).toMatch(/^sha256:/)
    expect(reports.some(({ message }) => message?.includes('layers'))).toBe(true)
  })

  it('asks a credential helper, whose name comes from the configuration', async () => {
    const asked: string[] = []
    const configured = join(folder, 'helper-config')
    await mkdir(configured)
    await writeFile(join(configured, 'config.json'), JSON.stringify({ credHelpers: { [registry.address]: 'vault' } }))
    const credentials = dockerCredentials({ DOCKER_CONFIG: configured }, async (name, action, input) => {
      asked.push(`${name} ${action} ${input}`)
      return JSON.stringify({ ServerURL: input, Username: registry.user, Secret: registry.password })
    })
    await pullImage(engine, image, { credentials })
    expect(asked).toEqual([`vault get ${registry.address}`])
  })

  it('finds the digest without pulling, and pulls by it', async () => {
    const credentials = dockerCredentials({ DOCKER_CONFIG: home })
    const digest = await registryDigest(engine, image, credentials)
    await expect(inspectImage(engine, image)).rejects.toMatchObject({ status: 404 })
    const pinned = `${image.replace(/:1$/, '')}@${digest}`
    expect(pulledDigest(await pullImage(engine, pinned, { credentials }), pinned)).toBe(digest)
  })

  it('says how to log in when nobody is logged in', async () => {
    await expect(pullImage(engine, image, { credentials: NO_CREDENTIALS })).rejects.toMatchObject({
      code: 'registry-unauthorized',
      class: 'user',
      hint: expect.stringContaining(`docker login ${registry.address}`),
    })
  })

  it('says that an image does not exist, and never the password', async () => {
    const credentials = dockerCredentials({ DOCKER_CONFIG: home })
    const error = await pullImage(engine, `${registry.address}/team/nothing:1`, { credentials }).catch(
      (e: unknown) => e,
    )
    expect(error).toMatchObject({ code: 'image-not-found', class: 'user' })
    expect(JSON.stringify(error) + String(error)).not.toContain(registry.password)
  })

  it('says that a registry cannot be reached', async () => {
    const options = { credentials: NO_CREDENTIALS }
    await expect(pullImage(engine, 'registry.invalid/app:1', options)).rejects.toMatchObject({
      code: 'registry-unreachable',
      message: expect.stringContaining('registry.invalid'),
    })
  })
})

describe('building with the classic builder', () => {
  let context: string
  const options = { credentials: NO_CREDENTIALS, composeVersion: '5.6.0', env: { DOCKER_BUILDKIT: '0' } }
  const request = (build: BuildRequest['build']): BuildRequest => ({
    project: 'images',
    service: 'app',
    image: 'windflow-test-app',
    build: { context, ...build },
  })

  beforeAll(async () => {
    context = join(folder, 'context')
    await mkdir(join(context, 'kept/inner'), { recursive: true })
    await writeFile(
      join(context, 'Dockerfile'),
      'FROM busybox:1\nARG GREETING=none\nCOPY . /src\nRUN find /src -type f | sort && echo "greeting $GREETING"\nFROM busybox:1 AS last\nLABEL stage=last\n',
    )
    await writeFile(join(context, '.dockerignore'), '# comment\n*.log\nkept\n!kept/inner/wanted.txt\nDockerfile\n')
    for (const name of ['a.txt', 'b.log', 'kept/no.txt', 'kept/inner/wanted.txt', 'empty'])
      await writeFile(join(context, name), name === 'empty' ? '' : name)
    await writeFile(join(context, 'large'), Buffer.alloc(3 * 1024 * 1024, 7))
  })
  afterAll(async () => {
    for (const image of ['windflow-test-app', 'windflow-test-app:more'])
      await removeImage(engine, image).catch(() => {})
  })

  it('sends what the ignore file lets through, passes arguments, and tags and labels the image', async () => {
    const lines: string[] = []
    const built = await buildImage(
      engine,
      request({
        args: { GREETING: 'hello $you', UNSET: null },
        tags: ['windflow-test-app:more'],
        labels: { own: 'label' },
      }),
      { ...options, report: ({ line }) => line !== undefined && lines.push(line) },
    )
    const files = lines.filter((line) => line.startsWith('/src/'))
    expect(files).toEqual([
      '/src/.dockerignore',
      '/src/a.txt',
      '/src/empty',
      '/src/kept/inner/wanted.txt',
      '/src/large',
    ])
    expect(lines).toContain('greeting hello $you')
    expect(built.RepoTags).toEqual(expect.arrayContaining(['windflow-test-app:latest', 'windflow-test-app:more']))
    expect(built.Config?.Labels).toMatchObject({
      own: 'label',
      stage: 'last',
      'com.docker.compose.project': 'images',
      'com.docker.compose.service': 'app',
      'com.docker.compose.version': '5.6.0',
    })
  })

  it('takes the Dockerfile from the Compose file, or from outside the context, without showing it to COPY', async () => {
    const outside = join(folder, 'Elsewhere')
    await writeFile(outside, 'FROM busybox:1\nCOPY . /src\nRUN find /src -name "*ocker*"\nLABEL from=outside\n')
    const lines: string[] = []
    const report = ({ line }: StepProgress) => line !== undefined && lines.push(line)
    const built = await buildImage(engine, request({ dockerfile: outside }), { ...options, report })
    expect(built.Config?.Labels?.from).toBe('outside')
    const inline = await buildImage(
      engine,
      request({ dockerfile_inline: 'FROM busybox:1\nLABEL from=inline\n' }),
      options,
    )
    expect(inline.Config?.Labels?.from).toBe('inline')
    expect(lines.filter((line) => line.startsWith('/src/'))).toEqual(['/src/.dockerignore'])
  })

  it('stops with the step that failed and its last lines', async () => {
    const build = request({ dockerfile_inline: 'FROM busybox:1\nRUN echo before the end; exit 7\n' })
    await expect(buildImage(engine, build, options)).rejects.toMatchObject({
      code: 'build-failed',
      message: expect.stringMatching(/"app".*code: 7/),
      lines: expect.arrayContaining(['before the end']),
    })
  })

  it('refuses by name what only BuildKit has', async () => {
    const build = request({ secrets: [{ source: 'token' }], ssh: ['default'], cache_to: ['type=inline'] })
    await expect(buildImage(engine, build, options)).rejects.toMatchObject({
      code: 'build-needs-buildkit',
      message: expect.stringContaining('build.secrets, build.ssh, build.cache_to'),
    })
  })

  it('says which Dockerfile or context is missing before it asks the engine', async () => {
    await expect(buildImage(engine, request({ dockerfile: 'Nowhere' }), options)).rejects.toMatchObject({
      code: 'dockerfile-missing',
      message: expect.stringContaining(join(context, 'Nowhere')),
    })
    await expect(buildImage(engine, request({ context: '/nonexistent' }), options)).rejects.toMatchObject({
      code: 'build-context-missing',
    })
  })

  it('stops at the signal', async () => {
    const build = request({ dockerfile_inline: 'FROM busybox:1\nRUN sleep 60\n' })
    const stop = new AbortController()
    const report = ({ line }: StepProgress) =>
      line?.includes('Running in') && stop.abort(new Error('stopped by a test'))
    await expect(buildImage(engine, build, { ...options, report }, stop.signal)).rejects.toThrow('stopped by a test')
  })
})

describe.skipIf(buildxProgram() === undefined)('building with BuildKit', () => {
  let options: Parameters<typeof buildImage>[2]
  let context: string

  beforeAll(async () => {
    const home = join(folder, 'buildx-config')
    context = join(folder, 'buildx-context')
    await mkdir(join(home, 'cli-plugins'), { recursive: true })
    await mkdir(context)
    await symlink(buildxProgram() ?? '', join(home, 'cli-plugins', 'docker-buildx'))
    await writeFile(join(context, 'file.txt'), 'in the context')
    options = {
      credentials: NO_CREDENTIALS,
      composeVersion: '5.6.0',
      env: { PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: home },
    }
  })
  afterAll(() => removeImage(engine, 'windflow-test-buildkit').catch(() => {}))

  const request = (build: BuildRequest['build'], more: Partial<BuildRequest> = {}): BuildRequest => ({
    project: 'images',
    service: 'app',
    image: 'windflow-test-buildkit',
    build: { context, ...build },
    ...more,
  })

  it('mounts secrets, and keeps the values of arguments as they are', async () => {
    const dockerfile = [
      'FROM busybox:1',
      'ARG TEMPLATE',
      'COPY file.txt /file.txt',
      'RUN --mount=type=secret,id=token test "$(wc -c < /run/secrets/token)" = 17',
      'LABEL template=$TEMPLATE',
      '',
    ].join('\n')
    const lines: string[] = []
    const built = await buildImage(
      engine,
      request(
        {
          dockerfile_inline: dockerfile,
          // biome-ignore lint/suspicious/noTemplateCurlyInString: what the builder must not evaluate
          args: { TEMPLATE: 'a ${HOME} b' },
          secrets: [{ source: 'token' }],
        },
        { secrets: { token: { environment: 'TOKEN' } }, environment: { TOKEN: 'very-secret-value' } },
      ),
      { ...options, report: ({ line }) => line !== undefined && lines.push(line) },
    )
    expect(built.Config?.Labels).toMatchObject({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: see above
      template: 'a ${HOME} b',
      'com.docker.compose.project': 'images',
      'com.docker.compose.service': 'app',
    })
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.join('\n')).not.toContain('very-secret-value')
  })

  it('copies from other contexts, or says that the BuildKit of the engine is too old for them', async () => {
    const other = join(folder, 'other-context')
    await mkdir(other)
    await writeFile(join(other, 'shared.txt'), 'from another context')
    const build = request({
      dockerfile_inline: 'FROM busybox:1\nCOPY --from=other shared.txt /shared.txt\nRUN cat /shared.txt\n',
      additional_contexts: { other },
    })
    const lines: string[] = []
    const built = buildImage(engine, build, {
      ...options,
      report: ({ line }) => line !== undefined && lines.push(line),
    })
    if (Number((await engine.apiVersion()).split('.')[1]) < 43) {
      await expect(built).rejects.toMatchObject({
        code: 'build-failed',
        hint: expect.stringContaining('update the engine'),
      })
    } else {
      await built
      expect(lines.join('\n')).toContain('from another context')
    }
  })

  it('goes through the connection of the client, whatever that is', async () => {
    const between = createServer((incoming) => {
      const outgoing = dial({ path: dockerHost.replace('unix://', '') })
      for (const socket of [incoming, outgoing]) socket.on('error', () => {})
      incoming.pipe(outgoing).pipe(incoming)
    })
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
    const remote = await connect({ url: `tcp://127.0.0.1:${(between.address() as AddressInfo).port}` })
    try {
      const built = await buildImage(
        remote,
        request({ dockerfile_inline: 'FROM busybox:1\nLABEL by=relay\n' }),
        options,
      )
      expect(built.Config?.Labels?.by).toBe('relay')
    } finally {
      await remote.close()
      between.close()
    }
  })

  it('says which step failed', async () => {
    const build = request({ dockerfile_inline: 'FROM busybox:1\nRUN echo before the end; exit 7\n' })
    await expect(buildImage(engine, build, options)).rejects.toMatchObject({
      code: 'build-failed',
      message: expect.stringMatching(/"app".*exit code: 7/),
      lines: expect.arrayContaining([expect.stringContaining('before the end')]),
    })
  })
})
