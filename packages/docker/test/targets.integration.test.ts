import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../../scripts/testing/command.ts'
import { startEngine, type TestEngine } from '../../../scripts/testing/engine.ts'
import { importBusybox } from '../../../scripts/testing/images.ts'
import { startServer } from '../../../scripts/testing/server-process.ts'
import { startSshd, type TestSshd } from '../../../scripts/testing/sshd.ts'
import {
  createContainer,
  createVolume,
  type EngineClient,
  engineInfo,
  listContainers,
  removeContainer,
  removeVolume,
  startContainer,
} from '../src/api/index.ts'
import { execInContainer } from '../src/streams/index.ts'
import { connect, resolveTarget, type SshOptions, type TlsOptions } from '../src/targets/index.ts'

let engine: TestEngine
let sshd: TestSshd
const clients: EngineClient[] = []

beforeAll(async () => {
  ;[engine, sshd] = await Promise.all([startEngine({ tls: true, images: [] }), startSshd()])
}, 120_000)

afterAll(async () => {
  for (const client of clients) await client.close()
  await Promise.all([engine?.stop(), sshd?.stop()])
}, 60_000)

async function open(url: string, options: { readonly tls?: TlsOptions; readonly ssh?: SshOptions } = {}) {
  const client = await connect({ url, ...options })
  clients.push(client)
  return client
}

describe('an engine over TCP with TLS', () => {
  const address = () => engine.tls?.dockerHost ?? ''
  const files = async (): Promise<Required<Pick<TlsOptions, 'ca' | 'cert' | 'key'>>> => {
    const folder = engine.tls?.files.clientFolder
    const [ca = '', cert = '', key = ''] = await Promise.all(
      ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFile(`${folder}/${name}`, 'utf8')),
    )
    return { ca, cert, key }
  }

  it('answers a client whose certificate its authority signed', async () => {
    const client = await open(address(), { tls: await files() })
    expect((await engineInfo(client)).ServerVersion).not.toBe('')
    await Promise.all(Array.from({ length: 10 }, () => listContainers(client)))
  })

  it('is found through the variables of the docker CLI', async () => {
    const target = await resolveTarget({
      DOCKER_HOST: address(),
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: engine.tls?.files.clientFolder,
    })
    const client = await open(target.url, target.tls && { tls: target.tls })
    expect((await engineInfo(client)).OSType).toBe('linux')
  })

  it('refuses a client without a certificate, with a hint', async () => {
    const { ca } = await files()
    const client = await open(address(), { tls: { ca } })
    await expect(listContainers(client)).rejects.toMatchObject({
      code: 'engine-unreachable',
      class: 'target',
      hint: expect.stringContaining('cert.pem'),
    })
  })

  it('is not trusted when another authority signed its certificate', async () => {
    const { cert, key } = await files()
    const client = await open(address(), { tls: { cert, key } })
    await expect(listContainers(client)).rejects.toMatchObject({ code: 'engine-unreachable', hint: /ca\.pem/ })
  })

  it('tells a client without TLS that the other side wants it', async () => {
    const client = await open(address())
    await expect(listContainers(client)).rejects.toMatchObject({ class: 'target', hint: /DOCKER_TLS_VERIFY/ })
  })
})

describe('an engine behind SSH', () => {
  const url = (path = engine.socketPath) => `ssh://${sshd.user}@${sshd.host}:${sshd.port}${path}`
  const trusted = (): SshOptions => ({
    knownHostsFiles: [sshd.knownHostsFile],
    identityFiles: [sshd.keyFile],
    agent: 'none',
    configFiles: [],
  })

  it('answers over a forwarded socket, many requests at a time over one connection', async () => {
    const client = await open(url(), { ssh: trusted() })
    await Promise.all(Array.from({ length: 30 }, () => listContainers(client)))
    await createVolume(client, { Name: 'over-ssh' })
    await removeVolume(client, 'over-ssh')
  })

  it('accepts the one key pinned for it, as line or as fingerprint, without known_hosts', async () => {
    const [, type, key] = (await readFile(sshd.knownHostsFile, 'utf8')).trim().split(' ')
    const { knownHostsFiles: _, ...rest } = trusted()
    const client = await open(url(), { ssh: { ...rest, hostKey: `${type} ${key}` } })
    expect(await listContainers(client)).toEqual([])
  })

  it('is refused when its host key is another than the known one: somebody may be in between', async () => {
    const client = await open(url(), { ssh: { ...trusted(), knownHostsFiles: [sshd.wrongKnownHostsFile] } })
    await expect(listContainers(client)).rejects.toMatchObject({
      code: 'host-key-changed',
      message: expect.stringContaining(`${sshd.wrongKnownHostsFile}:1`),
      hint: expect.stringContaining('ssh-keygen -R'),
    })
  })

  it('is refused when its host key is not known at all, with the way to learn it', async () => {
    const client = await open(url(), { ssh: { ...trusted(), knownHostsFiles: ['/nonexistent/known_hosts'] } })
    await expect(listContainers(client)).rejects.toMatchObject({
      code: 'host-key-unknown',
      message: expect.stringContaining('SHA256:'),
      hint: expect.stringContaining('/nonexistent/known_hosts'),
    })
  })

  it('says so when the host accepts none of the keys', async () => {
    const client = await open(url(), { ssh: { ...trusted(), identityFiles: [sshd.strangerKeyFile] } })
    await expect(listContainers(client)).rejects.toMatchObject({ code: 'ssh-refused', hint: /authorized_keys/ })
  })

  it('is given up at once when the client closes while the host does not answer', async () => {
    let arrived = () => {}
    const connected = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const silent = createServer(arrived)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    try {
      const client = await open(`ssh://${sshd.user}@127.0.0.1:${(silent.address() as AddressInfo).port}`, {
        ssh: trusted(),
      })
      const asked = expect(listContainers(client)).rejects.toMatchObject({ code: 'client-closed' })
      await connected
      await client.close()
      await asked
    } finally {
      silent.close()
    }
    // Well below the 20 s a host has to answer.
  }, 10_000)

  it('says what is missing when no engine is there', async () => {
    const client = await open(url('/nonexistent/docker.sock'), { ssh: trusted() })
    await expect(listContainers(client)).rejects.toMatchObject({
      code: 'engine-unreachable',
      message: expect.stringContaining('/nonexistent/docker.sock'),
    })
  })

  it('answers through the agent, and through another host that the SSH configuration names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'windflow-agent-'))
    const socket = join(folder, 'agent')
    const add = () => runCommand('ssh-add', [sshd.keyFile], { env: { SSH_AUTH_SOCK: socket } })
    const agent = await startServer({
      program: 'ssh-agent',
      args: ['-D', '-a', socket],
      logFile: join(folder, 'log'),
      ready: async () => (await add()).code === 0,
    })
    try {
      const configFile = join(folder, 'config')
      const hop = `Host hop\n  HostName ${sshd.host}\n  Port ${sshd.port}\n  User ${sshd.user}\n`
      await writeFile(configFile, `${hop}Host inner\n  HostName ${sshd.host}\n  Port ${sshd.port}\n  ProxyJump hop\n`)
      const ssh = { knownHostsFiles: [sshd.knownHostsFile], agent: socket, configFiles: [configFile] }
      const client = await open(`ssh://${sshd.user}@inner${engine.socketPath}`, { ssh })
      expect(await listContainers(client)).toEqual([])
      const stranger = { ...ssh, agent: 'none', identityFiles: [sshd.strangerKeyFile] }
      const refused = await open(`ssh://${sshd.user}@inner${engine.socketPath}`, { ssh: stranger })
      await expect(listContainers(refused)).rejects.toMatchObject({ code: 'ssh-refused' })
    } finally {
      await agent.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('connects again after its connection broke', async () => {
    const connections = new Set<Socket>()
    const between = createServer((incoming) => {
      const outgoing = dial({ host: sshd.host, port: sshd.port })
      connections.add(incoming)
      for (const socket of [incoming, outgoing]) socket.on('error', () => {})
      incoming.pipe(outgoing).pipe(incoming)
    })
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
    const { port } = between.address() as AddressInfo
    const [, type, key] = (await readFile(sshd.knownHostsFile, 'utf8')).trim().split(' ')
    try {
      const ssh = { ...trusted(), hostKey: `${type} ${key}` }
      const client = await open(`ssh://${sshd.user}@127.0.0.1:${port}${engine.socketPath}`, { ssh })
      expect(await listContainers(client)).toEqual([])
      for (const socket of connections) socket.destroy()
      await expect.poll(() => listContainers(client).catch(() => undefined)).toEqual([])
      expect(connections.size).toBe(2)
    } finally {
      for (const socket of connections) socket.destroy()
      between.close()
    }
  })
})

describe('an engine behind SSH that is away for a while', () => {
  it('is found again as soon as it is back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'windflow-away-'))
    const path = join(folder, 'docker.sock')
    const relay = createServer((incoming) => {
      const outgoing = dial({ path: engine.socketPath })
      for (const socket of [incoming, outgoing]) socket.on('error', () => {})
      incoming.pipe(outgoing).pipe(incoming)
    })
    try {
      const client = await open(`ssh://${sshd.user}@${sshd.host}:${sshd.port}${path}`, {
        ssh: {
          knownHostsFiles: [sshd.knownHostsFile],
          identityFiles: [sshd.keyFile],
          agent: 'none',
          configFiles: [],
        },
      })
      await expect(listContainers(client)).rejects.toMatchObject({ code: 'engine-unreachable' })
      await new Promise<void>((resolve) => relay.listen(path, resolve))
      expect(await listContainers(client)).toEqual([])
    } finally {
      relay.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('an engine behind an SSH server that forwards no sockets', () => {
  let strict: TestSshd
  beforeAll(async () => {
    strict = await startSshd({ socketForwarding: false })
  })
  afterAll(() => strict.stop())
  const ssh = (): SshOptions => ({
    knownHostsFiles: [strict.knownHostsFile],
    identityFiles: [strict.keyFile],
    agent: 'none',
    configFiles: [],
  })

  it('answers through docker system dial-stdio, more requests at a time than one connection may have', async () => {
    const client = await open(`ssh://${strict.user}@127.0.0.1:${strict.port}${engine.socketPath}`, { ssh: ssh() })
    await Promise.all(Array.from({ length: 12 }, () => listContainers(client)))
    await createVolume(client, { Name: 'over-stdio' })
    await removeVolume(client, 'over-stdio')
  })

  it('passes on what the docker CLI there says when no engine is there', async () => {
    const client = await open(`ssh://${strict.user}@127.0.0.1:${strict.port}/nonexistent/docker.sock`, { ssh: ssh() })
    await expect(listContainers(client)).rejects.toMatchObject({
      code: 'engine-unreachable',
      message: expect.stringMatching(/no engine answers.*(connect|dial|daemon)/is),
    })
  })
})

describe('a command in a container', () => {
  it('gets its input and the end of it over TLS and over SSH', async () => {
    await importBusybox(engine.dockerHost, ['busybox:1'])
    const ca = await readFile(`${engine.tls?.files.clientFolder}/ca.pem`, 'utf8')
    const cert = await readFile(`${engine.tls?.files.clientFolder}/cert.pem`, 'utf8')
    const key = await readFile(`${engine.tls?.files.clientFolder}/key.pem`, 'utf8')
    const ssh = {
      knownHostsFiles: [sshd.knownHostsFile],
      identityFiles: [sshd.keyFile],
      agent: 'none',
      configFiles: [],
    }
    const clients = [
      await open(engine.tls?.dockerHost ?? '', { tls: { ca, cert, key } }),
      await open(`ssh://${sshd.user}@${sshd.host}:${sshd.port}${engine.socketPath}`, { ssh }),
    ]
    const [first] = clients
    if (first === undefined) throw new Error('no client')
    const { Id: id } = await createContainer(first, 'exec-target', { Image: 'busybox:1', Cmd: ['sleep', '60'] })
    try {
      await startContainer(first, id)
      for (const client of clients) {
        const session = await execInContainer(
          client,
          id,
          { command: ['wc', '-c'], interactive: true },
          AbortSignal.timeout(30_000),
        )
        const writer = session.stdin.getWriter()
        for (let i = 0; i < 20; i++) await writer.write(new Uint8Array(50_000))
        await writer.close()
        expect(await new Response(session.stdout).text()).toBe('1000000\n')
        expect(await session.exit).toBe(0)
      }
    } finally {
      await removeContainer(first, id, { force: true })
    }
  })
})
