import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { authHeader, dockerCredentials, parseDockerConfig, type RunHelper, registryOf } from './credentials.ts'

const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function credentials(config: unknown, runHelper?: RunHelper) {
  const folder = await mkdtemp(join(tmpdir(), 'windflow-credentials-'))
  folders.push(folder)
  if (config !== undefined) await writeFile(join(folder, 'config.json'), JSON.stringify(config))
  return dockerCredentials({ DOCKER_CONFIG: folder }, runHelper)
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('credentials of the docker configuration', () => {
  it('are user and password, whatever the password holds', async () => {
    const source = await credentials({ auths: { 'registry.example:5000': { auth: base64('me:pass:with:colons') } } })
    expect(await source.forRegistry('registry.example:5000')).toEqual({
      username: 'me',
      password: 'pass:with:colons',
      serveraddress: 'registry.example:5000',
    })
    expect(await source.forRegistry('registry.example')).toBeUndefined()
  })

  it('of Docker Hub are found under its old address', async () => {
    const source = await credentials({ auths: { 'https://index.docker.io/v1/': { auth: base64('me:secret') } } })
    expect(await source.forRegistry('docker.io')).toMatchObject({ serveraddress: 'https://index.docker.io/v1/' })
  })

  it('may be an identity token', async () => {
    const source = await credentials({ auths: { 'registry.example': { identitytoken: 'token' } } })
    expect(await source.forRegistry('registry.example')).toEqual({
      identitytoken: 'token',
      serveraddress: 'registry.example',
    })
  })

  it('come from the helper of the registry, else from the general one, else from the file', async () => {
    const asked: string[] = []
    const helper: RunHelper = async (name, action, input) => {
      asked.push(`${name} ${action} ${input}`)
      if (input === 'b.example') return 'credentials not found in native keychain'
      return JSON.stringify({ Username: '<token>', Secret: `from ${name}` })
    }
    const source = await credentials(
      {
        auths: { 'b.example': { auth: base64('file:secret') } },
        credsStore: 'store',
        credHelpers: { 'a.example': 'own' },
      },
      helper,
    )
    expect(await source.forRegistry('a.example')).toMatchObject({ identitytoken: 'from own' })
    expect(await source.forRegistry('b.example')).toMatchObject({ username: 'file' })
    expect(asked).toEqual(['own get a.example', 'store get b.example'])
  })

  it('for a build are all there are', async () => {
    const helper: RunHelper = async (_name, action, input) =>
      action === 'list' ? '{"c.example":"me"}' : JSON.stringify({ Username: 'me', Secret: `for ${input}` })
    const source = await credentials({ auths: { 'a.example': {} }, credsStore: 'store' }, helper)
    expect(Object.keys(await source.all())).toEqual(['a.example', 'c.example'])
  })

  it('are none without a file, and an error without valid JSON that does not quote it', async () => {
    expect(await (await credentials(undefined)).forRegistry('docker.io')).toBeUndefined()
    expect(() => parseDockerConfig('{"auths": secret', 'config.json')).toThrow('config.json is not valid JSON')
  })

  it('listed by a helper in something else than JSON are an error that does not quote it', async () => {
    const source = await credentials({ credsStore: 'store' }, async () => 'hunter2 {')
    await expect(source.all()).rejects.toMatchObject({
      code: 'credential-helper-failed',
      message: expect.not.stringContaining('hunter2'),
    })
  })

  it('from a helper that is missing or has a strange name are an error that says so', async () => {
    const missing = await credentials({ credsStore: 'windflow-nowhere' })
    await expect(missing.forRegistry('a.example')).rejects.toMatchObject({
      code: 'credential-helper-failed',
      message: expect.stringContaining('docker-credential-windflow-nowhere failed: it is not installed'),
    })
    const strange = await credentials({ credsStore: '../sh' })
    await expect(strange.forRegistry('a.example')).rejects.toMatchObject({ code: 'credential-helper-failed' })
  })

  it('in the environment go before the file', async () => {
    const auths = { 'a.example': { auth: base64('env:secret') } }
    const source = dockerCredentials({ DOCKER_CONFIG: '/nonexistent', DOCKER_AUTH_CONFIG: JSON.stringify({ auths }) })
    expect(await source.forRegistry('a.example')).toMatchObject({ username: 'env' })
  })
})

it('knows a registry by its key in any spelling', () => {
  expect(
    ['https://index.docker.io/v1/', 'docker.io', 'https://r.example/v2/', 'r.example:5000'].map(registryOf),
  ).toEqual(['docker.io', 'docker.io', 'r.example', 'r.example:5000'])
})

it('writes the header as Go reads it: URL alphabet, padded', () => {
  const header = authHeader({ username: 'ÿ?>', password: '~~~', serveraddress: 'a' })
  expect(header).toMatch(/^[\w-]+=*$/)
  expect(header.length % 4).toBe(0)
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ username: 'ÿ?>' })
})
