import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BootError } from '../../kernel/errors.ts'
import type { Logger } from '../../kernel/log.ts'
import { closedAncestor, databaseUser, type Programs, preparePrograms, type SystemUser } from './programs.ts'

/** A small server for one program on the same machine: little memory, no network, everything durable. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  max_connections: '60',
  shared_buffers: '24MB',
  io_method: 'sync',
  jit: 'off',
  huge_pages: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  wal_buffers: '1MB',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  max_parallel_workers: '0',
  max_logical_replication_workers: '0',
  autovacuum_worker_slots: '2',
  autovacuum_max_workers: '1',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

const START_MS = 30_000

interface Place {
  readonly folder: string
  readonly socketFolder: string
  readonly logFile: string
  readonly password: string
}

/** PostgreSQL running inside the data folder, watched and started again when it dies. */
export interface EmbeddedDatabase {
  readonly url: string
  /** Process id of the running postmaster. */
  pid(): number
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL in `data`, creating its files the first time. A server left over by a killed process is adopted.
 * @throws BootError saying what is in the way.
 */
export async function startEmbedded(data: string, log: Logger): Promise<EmbeddedDatabase> {
  const user = databaseUser()
  const place = await preparePlace(data, user)
  const programs = await preparePrograms(join(data, 'runtime'), user)
  if (!existsSync(join(place.folder, 'PG_VERSION'))) await createCluster(place, programs, user)
  const cluster = new Cluster(place, programs, user, log)
  await cluster.start()
  return cluster
}

/** The address of the server that runs in `data` now, for commands that work beside a running WindFlow. */
export async function runningEmbedded(data: string): Promise<string | undefined> {
  const folder = join(data, 'postgres')
  if (livePostmaster(folder)?.ready !== true) return undefined
  return address({
    socketFolder: socketFolderOf(data),
    password: (await readFile(join(data, 'database-password'), 'utf8')).trim(),
  })
}

function address(place: Pick<Place, 'socketFolder' | 'password'>): string {
  return `postgres://windflow:${place.password}@/postgres?host=${encodeURIComponent(place.socketFolder)}`
}

/** Unix socket paths end at 107 bytes (unix(7)); a deep data folder gets its socket in the temporary folder. */
function socketFolderOf(data: string): string {
  const inside = join(data, 'run')
  if (Buffer.byteLength(inside) <= 85) return inside
  return join(tmpdir(), `windflow-${createHash('sha256').update(data).digest('hex').slice(0, 16)}`)
}

async function preparePlace(data: string, user: SystemUser | undefined): Promise<Place> {
  const folder = join(data, 'postgres')
  const socketFolder = socketFolderOf(data)
  const logFile = join(data, 'postgres.log')
  await mkdir(data, { recursive: true, mode: 0o711 })
  if (user !== undefined) {
    await chmod(data, 0o711)
    const closed = closedAncestor(data)
    if (closed !== undefined) {
      throw new BootError('The built-in database cannot start:', [
        `the user ${user.name}, who runs PostgreSQL for root, may not enter ${closed}: set WINDFLOW_DATA to a folder such as /var/lib/windflow, or run: chmod o+x ${closed}`,
      ])
    }
  }
  // The files themselves come later, whole: a folder that is there already must be ours, as must that of the socket.
  for (const own of [folder, socketFolder]) {
    if (own === folder && !existsSync(folder)) continue
    await mkdir(own, { recursive: true, mode: 0o700 })
    const { uid } = await stat(own)
    const allowed = [process.getuid?.() ?? uid, user?.uid]
    if (!allowed.includes(uid)) {
      throw new BootError('The built-in database cannot start:', [`${own} belongs to another user (${uid})`])
    }
    if (user !== undefined) await chown(own, user.uid, user.gid)
    await chmod(own, 0o700)
  }
  const passwordFile = join(data, 'database-password')
  if (!existsSync(passwordFile)) await writeFile(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 })
  return { folder, socketFolder, logFile, password: (await readFile(passwordFile, 'utf8')).trim() }
}

/** Makes the files under another name first: what is called `postgres` is always whole, whenever somebody pulls the plug. */
async function createCluster(place: Place, programs: Programs, user: SystemUser | undefined): Promise<void> {
  const unfinished = `${place.folder}.${process.pid}`
  const passwordFile = join(place.socketFolder, `password.${process.pid}`)
  for (const left of await readdir(dirname(place.folder))) {
    if (/^postgres\.\d+$/.test(left)) await rm(join(dirname(place.folder), left), { recursive: true, force: true })
  }
  await mkdir(unfinished, { mode: 0o700 })
  await writeFile(passwordFile, place.password, { mode: 0o600 })
  if (user !== undefined) {
    await chown(unfinished, user.uid, user.gid)
    await chown(passwordFile, user.uid, user.gid)
  }
  try {
    const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
    const access = ['--username=windflow', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
    await runToEnd(programs.initdb, ['-D', unfinished, ...access, ...locale, '--no-instructions'], user)
    await rename(unfinished, place.folder)
  } finally {
    await rm(passwordFile, { force: true })
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function runToEnd(program: string, args: readonly string[], user: SystemUser | undefined): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', ...asUser(user) })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4000)
    })
  }
  const code = await new Promise<number | string>((resolve) => {
    child
      .once('error', (error) => resolve(error.message))
      .once('close', (code, signal) => resolve(code ?? String(signal)))
  })
  if (code !== 0) throw new BootError('The built-in database cannot be created:', [`initdb: ${code}`, output.trim()])
}

function asUser(user: SystemUser | undefined): { uid?: number; gid?: number; env: NodeJS.ProcessEnv } {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
  return user === undefined ? { env } : { uid: user.uid, gid: user.gid, env }
}

/** What `postmaster.pid` says (PostgreSQL, src/include/utils/pidfile.h), when the process it names lives and is ours. */
function livePostmaster(folder: string): { readonly pid: number; readonly ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    if (!Number.isInteger(pid) || pid <= 1) return undefined
    process.kill(pid, 0)
    if (process.platform === 'linux' && readlinkSync(`/proc/${pid}/cwd`) !== realpathSync(folder)) return undefined
    return { pid, ready: lines[7]?.trim() === 'ready' }
  } catch {
    return undefined
  }
}

class Cluster implements EmbeddedDatabase {
  readonly url: string
  readonly #place: Place
  readonly #programs: Programs
  readonly #user: SystemUser | undefined
  readonly #log: Logger
  #pid = 0
  #stopping = false
  #watch: NodeJS.Timeout | undefined

  constructor(place: Place, programs: Programs, user: SystemUser | undefined, log: Logger) {
    this.url = address(place)
    this.#place = place
    this.#programs = programs
    this.#user = user
    this.#log = log
  }

  pid(): number {
    return this.#pid
  }

  async start(): Promise<void> {
    const orphan = livePostmaster(this.#place.folder)
    if (orphan !== undefined) this.#log.info({ pid: orphan.pid }, 'adopted the database left by a killed process')
    const deadline = Date.now() + START_MS
    while (Date.now() < deadline) {
      const pid = livePostmaster(this.#place.folder)?.pid ?? this.#launch()
      if (await this.#becomesReady(pid, deadline)) {
        this.#pid = pid
        this.#watchOver()
        return
      }
      // Backends of a killed postmaster hold its shared memory for a moment longer; the next attempt finds them gone.
      await sleep(100)
    }
    throw new BootError('The built-in database does not start:', [
      `PostgreSQL was not ready after ${START_MS / 1000} s; its last words are in ${this.#place.logFile}`,
      ...(await readFile(this.#place.logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-5),
    ])
  }

  #launch(): number {
    const output = openSync(this.#place.logFile, 'a', 0o600)
    try {
      const settings = {
        ...SETTINGS,
        unix_socket_directories: this.#place.socketFolder,
        unix_socket_permissions: '0700',
      }
      const child: ChildProcess = spawn(
        this.#programs.postgres,
        ['-D', this.#place.folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
        // A group of its own: Ctrl-C on the terminal is for us, and we stop the database after its last client.
        { stdio: ['ignore', output, output], detached: true, cwd: '/', ...asUser(this.#user) },
      )
      child.on('error', (error) => this.#log.error({ err: error }, 'cannot run PostgreSQL'))
      child.unref()
      return child.pid ?? 0
    } finally {
      closeSync(output)
    }
  }

  async #becomesReady(pid: number, deadline: number): Promise<boolean> {
    while (Date.now() < deadline) {
      const live = livePostmaster(this.#place.folder)
      if (live?.pid === pid && live.ready) return true
      if (!isAlive(pid)) return false
      await sleep(10)
    }
    return false
  }

  /** Not by the child's exit event alone: an adopted server is nobody's child. */
  #watchOver(): void {
    this.#watch = setInterval(() => {
      if (this.#stopping || isAlive(this.#pid)) return
      clearInterval(this.#watch)
      this.#log.error({ pid: this.#pid }, 'the database has died; starting it again')
      this.start().catch((error: unknown) => {
        this.#log.error({ err: error }, 'the database does not start again')
        if (!this.#stopping) this.#watchOver()
      })
    }, 500)
    this.#watch.unref()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearInterval(this.#watch)
    // Fast shutdown, then immediate (PostgreSQL manual, "Shutting Down the Server").
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
      if (!isAlive(this.#pid)) return
      process.kill(this.#pid, signal)
      for (let waited = 0; waited < 8000 && isAlive(this.#pid); waited += 20) await sleep(20)
    }
  }
}

/** A child that has died but was not yet waited for still takes signals: its state says so. */
function isAlive(pid: number): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z'
  } catch {
    return false
  }
}
