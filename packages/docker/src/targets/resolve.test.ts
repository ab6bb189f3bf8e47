import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { resolveTarget } from './resolve.ts'

let root: string
let DOCKER_CONFIG: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'windflow-resolve-'))
})
afterAll(() => rm(root, { recursive: true }))
beforeEach(async () => {
  DOCKER_CONFIG = await mkdtemp(join(root, 'docker-'))
})

async function context(name: string, endpoint: Record<string, unknown>, files: Record<string, string> = {}) {
  const id = createHash('sha256').update(name).digest('hex')
  await mkdir(join(DOCKER_CONFIG, 'contexts/meta', id), { recursive: true })
  const meta = { Name: name, Metadata: {}, Endpoints: { docker: endpoint } }
  await writeFile(join(DOCKER_CONFIG, 'contexts/meta', id, 'meta.json'), JSON.stringify(meta))
  await mkdir(join(DOCKER_CONFIG, 'contexts/tls', id, 'docker'), { recursive: true })
  for (const [file, text] of Object.entries(files))
    await writeFile(join(DOCKER_CONFIG, 'contexts/tls', id, 'docker', file), text)
}

const use = (name: string) => writeFile(join(DOCKER_CONFIG, 'config.json'), JSON.stringify({ currentContext: name }))

describe('the target of a command', () => {
  it('is the local socket where nothing says otherwise', async () => {
    expect(await resolveTarget({ DOCKER_CONFIG })).toEqual({ url: 'unix:///var/run/docker.sock' })
  })

  it('is chosen by options, then DOCKER_HOST, DOCKER_CONTEXT, and the current context', async () => {
    await context('current', { Host: 'unix:///current.sock' })
    await context('named', { Host: 'ssh://me@named' })
    await use('current')
    const env = { DOCKER_CONFIG, DOCKER_CONTEXT: 'named', DOCKER_HOST: 'unix:///host.sock' }
    expect((await resolveTarget(env, { host: 'unix:///option.sock' })).url).toBe('unix:///option.sock')
    expect((await resolveTarget(env, { context: 'current' })).url).toBe('unix:///current.sock')
    expect((await resolveTarget(env)).url).toBe('unix:///host.sock')
    expect((await resolveTarget({ DOCKER_CONFIG, DOCKER_CONTEXT: 'named' })).url).toBe('ssh://me@named')
    expect((await resolveTarget({ DOCKER_CONFIG })).url).toBe('unix:///current.sock')
    expect((await resolveTarget({ DOCKER_CONFIG }, { context: 'default' })).url).toBe('unix:///var/run/docker.sock')
  })

  it('takes TLS from the context', async () => {
    await context(
      'tls',
      { Host: 'tcp://h:2376', SkipTLSVerify: false },
      { 'ca.pem': 'CA', 'cert.pem': 'C', 'key.pem': 'K' },
    )
    expect(await resolveTarget({ DOCKER_CONFIG, DOCKER_CONTEXT: 'tls' })).toEqual({
      url: 'tcp://h:2376',
      tls: { ca: 'CA', cert: 'C', key: 'K' },
    })
    await context('skip', { Host: 'tcp://h:2376', SkipTLSVerify: true })
    expect((await resolveTarget({ DOCKER_CONFIG, DOCKER_CONTEXT: 'skip' })).tls).toEqual({ skipVerify: true })
  })

  it('takes TLS from the environment, and refuses half a certificate', async () => {
    const files = join(DOCKER_CONFIG, 'certs')
    await mkdir(files)
    const env = { DOCKER_CONFIG, DOCKER_HOST: 'tcp://h:2376', DOCKER_CERT_PATH: files }
    expect(await resolveTarget(env)).toEqual({ url: 'tcp://h:2376' })
    await expect(resolveTarget({ ...env, DOCKER_TLS_VERIFY: '1' })).rejects.toMatchObject({
      code: 'tls-files-unreadable',
    })
    await writeFile(join(files, 'ca.pem'), 'CA')
    await writeFile(join(files, 'cert.pem'), 'C')
    await expect(resolveTarget({ ...env, DOCKER_TLS_VERIFY: '1' })).rejects.toMatchObject({
      code: 'tls-files-unreadable',
      message: expect.stringContaining('only one of'),
    })
    await writeFile(join(files, 'key.pem'), 'K')
    expect((await resolveTarget({ ...env, DOCKER_TLS_VERIFY: '1' })).tls).toEqual({ ca: 'CA', cert: 'C', key: 'K' })
    expect((await resolveTarget({ ...env, DOCKER_TLS: '1' })).tls).toEqual({ cert: 'C', key: 'K', skipVerify: true })
  })

  it('says which context does not exist or names no engine', async () => {
    await use('gone')
    await expect(resolveTarget({ DOCKER_CONFIG })).rejects.toMatchObject({
      code: 'context-not-found',
      class: 'user',
      message: expect.stringContaining('"gone"'),
    })
    await context('empty', {})
    await expect(resolveTarget({ DOCKER_CONFIG }, { context: 'empty' })).rejects.toMatchObject({
      code: 'context-invalid',
    })
  })

  it('keeps the API version the user has set', async () => {
    expect(await resolveTarget({ DOCKER_CONFIG, DOCKER_API_VERSION: '1.42' })).toMatchObject({ apiVersion: '1.42' })
  })
})
