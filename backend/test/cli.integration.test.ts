import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../scripts/testing/server-process.ts'

const WINDFLOW = join(import.meta.dirname, '../../bin/windflow')
const PASSWORD = 'correct horse battery'
const PROJECT = `cli-server-${process.pid}`

let folder: string
let env: NodeJS.ProcessEnv
let server: ChildProcess
let url: string

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs `windflow` to its end, as a person would, in the folder of the stack. */
async function windflow(args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(WINDFLOW, args, { env, cwd: join(folder, 'app') })
  let [out, err] = ['', '']
  child.stdout.on('data', (data) => {
    out += String(data)
  })
  child.stderr.on('data', (data) => {
    err += String(data)
  })
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  return { code, out, err }
}

async function succeeds(args: readonly string[], input = ''): Promise<string> {
  const { code, out, err } = await windflow(args, input)
  expect(code, `windflow ${args.join(' ')}\n${out}${err}`).toBe(0)
  return out
}

async function startServer(): Promise<string> {
  server = spawn(WINDFLOW, ['serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  for await (const data of server.stdout ?? []) {
    out += String(data)
    if (out.includes('listens on')) return out
  }
  throw new Error(`the server ended: ${out}`)
}

async function stopServer(signal: NodeJS.Signals): Promise<void> {
  const ended = once(server, 'exit')
  server.kill(signal)
  await ended
}

function compose(command: string): string {
  return `services:
  web:
    image: busybox:1
    init: true
    command: ["sh", "-c", "${command}"]
    environment: { GREETING: "\${GREETING}" }
    x-windflow: { gate: { stable: 300ms } }
`
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'windflow-cli-'))
  // The database runs as another user when the tests run as root.
  await chmod(folder, 0o711)
  await mkdir(join(folder, 'app'))
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  env = {
    PATH: process.env.PATH,
    HOME: folder,
    DOCKER_HOST: process.env.DOCKER_HOST,
    WINDFLOW_DATA: join(folder, 'data'),
    WINDFLOW_PORT: String(port),
    WINDFLOW_LOG_LEVEL: 'error',
    WINDFLOW_URL: url,
    WINDFLOW_ADMIN_EMAIL: 'me@example.org',
    WINDFLOW_ADMIN_PASSWORD: PASSWORD,
  }
  await startServer()
}, 240_000)

afterAll(async () => {
  await windflow(['destroy', 'demo', '--confirm', 'demo'])
  await stopServer('SIGTERM')
  await rm(folder, { recursive: true, force: true })
}, 240_000)

it('goes from sign-in to a running stack, and its exit codes tell CI how it went', { timeout: 400_000 }, async () => {
  const refused = await windflow(['stack', 'list'])
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('windflow login')])
  expect((await windflow(['login', '--email', 'me@example.org'], 'wrong password')).code).toBe(1)
  expect(await succeeds(['login', '--email', 'me@example.org'], PASSWORD)).toContain('organization main')
  const credentials = join(folder, '.config', 'windflow', 'credentials.json')
  expect((await stat(credentials)).mode & 0o777).toBe(0o600)
  expect(await readFile(credentials, 'utf8')).not.toContain(PASSWORD)
  expect(await succeeds(['target', 'list'])).toMatch(/local +docker +up/)

  await writeFile(join(folder, 'app', 'compose.yaml'), 'services: { web: { imagee: x } }\n')
  const wrong = await windflow(['stack', 'create', 'demo'])
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('compose.yaml:1:')])
  await writeFile(join(folder, 'app', 'compose.yaml'), compose('sleep 1000'))
  await writeFile(
    join(folder, 'variables.json'),
    JSON.stringify([{ name: 'GREETING', type: 'string', required: true }]),
  )
  await succeeds(['stack', 'create', 'demo', '--variables', '../variables.json'])
  const missing = await windflow(['deployment', 'create', 'demo', '--stack', 'demo', '--target', 'local', '--json'])
  expect(JSON.parse(missing.out).error.errors).toEqual([{ path: '/variables/GREETING', message: 'is required' }])
  await succeeds([
    'deployment',
    'create',
    'demo',
    '--stack',
    'demo',
    '--target',
    'local',
    '--project',
    PROJECT,
    '--set',
    'GREETING=hello',
  ])

  const deployed = await windflow(['deploy', 'demo', '--reason', 'first'])
  expect([deployed.code, deployed.out], deployed.err).toEqual([0, expect.stringContaining('succeeded')])
  expect(deployed.err).toContain('create service/web/1')
  expect(JSON.parse(await succeeds(['deployment', 'show', 'demo', '--json']))).toMatchObject({
    state: 'running',
    currentRelease: 1,
  })

  await writeFile(join(folder, 'app', 'compose.yaml'), compose('exit 3'))
  await succeeds(['stack', 'update', 'demo', '--variables', '../variables.json', '--note', 'does not work'])
  await succeeds(['deployment', 'update', 'demo', '--version', '2'])
  const failed = await windflow(['deploy', 'demo', '--json'])
  expect(failed.code).toBe(1)
  expect(JSON.parse(failed.out)).toMatchObject({ state: 'rolled_back', error: { code: 'container-exited' } })
  expect(await succeeds(['release', 'list', 'demo'])).toMatch(/\* +1 /)
})

it('finds everything again after the server was killed, and beside a running one', { timeout: 240_000 }, async () => {
  await stopServer('SIGKILL')
  await startServer()
  expect(await succeeds(['deployment', 'list'])).toMatch(/demo +running +1/)
  await succeeds(['audit', 'verify'])
  const taken = await windflow(['serve'])
  expect([taken.code, taken.err]).toEqual([1, expect.stringContaining('belongs to the running WindFlow')])
  await succeeds(['user', 'reset-password', 'me@example.org'], 'another good password')
  await succeeds(['login', '--email', 'me@example.org'], 'another good password')
  const file = join(folder, 'windflow.backup')
  expect(await succeeds(['backup', file], 'a passphrase of words')).toContain('whole')
})
