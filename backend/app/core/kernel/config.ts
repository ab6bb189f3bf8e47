import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { BootError } from './errors.ts'

export type Role = 'api' | 'worker' | 'all'

/** Everything the server is told from outside. One field, one variable, one meaning. */
export interface Config {
  readonly data: string
  readonly host: string
  readonly port: number
  readonly role: Role
  readonly adminEmail: string | undefined
  readonly adminPassword: string | undefined
  readonly rateLimit: boolean
  readonly trustedProxies: readonly string[]
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  readonly databaseUrl: string | undefined
  readonly redisUrl: string | undefined
  readonly keyring: string | undefined
  readonly metricsToken: string | undefined
  readonly extensions: readonly string[]
  readonly logLevel: LogLevel
  /** How long a worker may be silent before another one takes its operations, in seconds. */
  readonly leaseSeconds: number
  /** Operations one worker runs at the same time. */
  readonly workerConcurrency: number
  /** How long a stopping process lets running operations go on before it hands them over, in seconds. */
  readonly drainSeconds: number
  readonly databaseConnections: number
  /** How long events and logs of operations are kept. */
  readonly retentionDays: number
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
type LogLevel = (typeof LOG_LEVELS)[number]

/** Values people leave in examples; a server must not start with one as a password. */
const PLACEHOLDERS = /^(changeme|change-me|change_me|password|secret|admin|example|todo|xxx+)$/i

type Env = Readonly<Record<string, string | undefined>>

class Reader {
  readonly problems: string[] = []
  readonly #env: Env
  constructor(env: Env) {
    this.#env = env
  }

  /** The value of a variable, or `undefined` when it is absent or empty. */
  text(name: string): string | undefined {
    const value = this.#env[name]?.trim()
    return value === undefined || value === '' ? undefined : value
  }

  /** A secret: from the variable, or from the file named by `NAME_FILE`; both at once is a mistake. */
  secret(name: string): string | undefined {
    const direct = this.text(name)
    const file = this.text(`${name}_FILE`)
    if (file === undefined) return direct
    if (direct !== undefined) {
      this.problems.push(`${name} and ${name}_FILE are both set: keep one of them`)
      return direct
    }
    try {
      const content = readFileSync(file, 'utf8').trim()
      if (content === '') this.problems.push(`${name}_FILE: ${file} is empty`)
      return content === '' ? undefined : content
    } catch (error) {
      this.problems.push(`${name}_FILE: cannot read ${file} (${codeOf(error)})`)
      return undefined
    }
  }

  integer(name: string, fallback: number, minimum: number, maximum: number): number {
    const value = this.text(name)
    if (value === undefined) return fallback
    const number = Number(value)
    if (Number.isInteger(number) && number >= minimum && number <= maximum) return number
    this.problems.push(`${name}: "${value}" is not a whole number from ${minimum} to ${maximum}`)
    return fallback
  }

  choice<const T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.text(name)
    if (value === undefined) return fallback
    const found = choices.find((choice) => choice === value)
    if (found !== undefined) return found
    this.problems.push(`${name}: "${value}" is not one of ${choices.join(', ')}`)
    return fallback
  }

  onOff(name: string, fallback: boolean): boolean {
    const value = this.text(name)?.toLowerCase()
    if (value === undefined) return fallback
    if (['on', 'true', '1', 'yes'].includes(value)) return true
    if (['off', 'false', '0', 'no'].includes(value)) return false
    this.problems.push(`${name}: "${value}" is neither on nor off`)
    return fallback
  }

  list(name: string): readonly string[] {
    const items = (this.text(name) ?? '').split(',').map((item) => item.trim())
    return [...new Set(items.filter((item) => item !== ''))]
  }

  url(name: string, protocols: readonly string[]): string | undefined {
    const value = this.secret(name)
    if (value === undefined) return undefined
    // `postgres://user@/db?host=/socket` has no host, which the WHATWG parser refuses: only the scheme is checked.
    if (protocols.some((protocol) => value.startsWith(`${protocol}://`))) return value
    this.problems.push(`${name}: must start with ${protocols.map((p) => `${p}://`).join(' or ')}`)
    return undefined
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** Where an installation keeps its things when nothing is said: the system's place for root, the user's own otherwise. */
export function defaultDataFolder(env: Env, uid = process.getuid?.() ?? 1): string {
  if (uid === 0) return '/var/lib/windflow'
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'windflow')
}

/** `WINDFLOW_DATA` comes from the environment alone: it says where the `.env` is. */
export function dataFolder(env: Env): string {
  const given = env.WINDFLOW_DATA?.trim()
  return given ? resolve(given) : defaultDataFolder(env)
}

/** The environment over the `.env` of the data folder. The current folder's `.env` is never read. */
export function readEnvironment(env: Env): Env {
  const file = join(dataFolder(env), '.env')
  if (!existsSync(file)) return env
  try {
    const defined = Object.entries(env).filter(([, value]) => value !== undefined && value !== '')
    return { ...parseEnv(readFileSync(file, 'utf8')), ...Object.fromEntries(defined) }
  } catch (error) {
    throw new BootError('The configuration is not usable:', [`cannot read ${file} (${codeOf(error)})`])
  }
}

/**
 * Reads the configuration from `env` and the data folder's `.env`.
 * @throws BootError that lists every problem, not only the first.
 */
export function loadConfig(env: Env): Config {
  const read = new Reader(readEnvironment(env))
  const adminEmail = read.text('WINDFLOW_ADMIN_EMAIL')
  const adminPassword = read.secret('WINDFLOW_ADMIN_PASSWORD')
  if (adminEmail !== undefined && !/^[^@\s]+@[^@\s]+$/.test(adminEmail)) {
    read.problems.push(`WINDFLOW_ADMIN_EMAIL: "${adminEmail}" is not an e-mail address`)
  }
  if ((adminEmail === undefined) !== (adminPassword === undefined)) {
    read.problems.push('WINDFLOW_ADMIN_EMAIL and WINDFLOW_ADMIN_PASSWORD go together: set both, or neither')
  }
  if (adminPassword !== undefined && (adminPassword.length < 10 || PLACEHOLDERS.test(adminPassword))) {
    read.problems.push('WINDFLOW_ADMIN_PASSWORD: use at least 10 characters, and not a placeholder')
  }
  const cert = read.text('WINDFLOW_TLS_CERT')
  const key = read.text('WINDFLOW_TLS_KEY')
  if ((cert === undefined) !== (key === undefined)) {
    read.problems.push('WINDFLOW_TLS_CERT and WINDFLOW_TLS_KEY go together: set both, or neither')
  }
  for (const [name, file] of [
    ['WINDFLOW_TLS_CERT', cert],
    ['WINDFLOW_TLS_KEY', key],
  ] as const) {
    if (file !== undefined && !existsSync(file)) read.problems.push(`${name}: there is no file ${file}`)
  }
  const data = dataFolder(env)
  if (!isAbsolute(data)) read.problems.push(`WINDFLOW_DATA: "${data}" is not an absolute path`)
  const config: Config = {
    data,
    host: read.text('WINDFLOW_HOST') ?? '127.0.0.1',
    port: read.integer('WINDFLOW_PORT', 8080, 0, 65535),
    role: read.choice('WINDFLOW_ROLE', ['api', 'worker', 'all'], 'all'),
    adminEmail,
    adminPassword,
    rateLimit: read.onOff('WINDFLOW_RATE_LIMIT', true),
    trustedProxies: read.list('WINDFLOW_TRUSTED_PROXIES'),
    tls: cert !== undefined && key !== undefined ? { cert, key } : undefined,
    databaseUrl: read.url('DATABASE_URL', ['postgres', 'postgresql']),
    redisUrl: read.url('REDIS_URL', ['redis', 'rediss']),
    keyring: read.secret('WINDFLOW_KEYRING'),
    metricsToken: read.secret('WINDFLOW_METRICS_TOKEN'),
    extensions: read.list('WINDFLOW_EXTENSIONS'),
    logLevel: read.choice('WINDFLOW_LOG_LEVEL', LOG_LEVELS, 'info'),
    leaseSeconds: read.integer('WINDFLOW_LEASE_SECONDS', 15, 1, 600),
    workerConcurrency: read.integer('WINDFLOW_WORKER_CONCURRENCY', 8, 1, 200),
    drainSeconds: read.integer('WINDFLOW_DRAIN_SECONDS', 20, 0, 3600),
    databaseConnections: read.integer('WINDFLOW_DATABASE_CONNECTIONS', 10, 2, 200),
    retentionDays: read.integer('WINDFLOW_RETENTION_DAYS', 90, 1, 3650),
  }
  if (config.role !== 'all' && config.databaseUrl === undefined) {
    read.problems.push(`WINDFLOW_ROLE=${config.role} needs DATABASE_URL: only the role "all" brings its own database`)
  }
  if (read.problems.length > 0) throw new BootError('The configuration is not usable:', read.problems)
  return config
}
