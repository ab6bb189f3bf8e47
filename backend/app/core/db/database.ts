import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { DomainError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/log.ts'
import type { Tables } from './tables.ts'
import { UnitOfWork } from './unit-of-work.ts'

export type Query = Kysely<Tables> | Transaction<Tables>

/** int8 as a number: our counters stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === 20) return Number
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text')
  },
}

/** The pool and what is done with it. One per process. */
export class Database {
  readonly pool: pg.Pool
  readonly query: Kysely<Tables>
  /** Told after each commit that stored events of an organization. Set by the composition root. */
  announce: (organization: string) => void = () => undefined

  constructor(url: string, connections: number, log: Logger) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: connections,
      types,
      application_name: 'windflow',
      connectionTimeoutMillis: 5000,
      idleTimeoutMillis: 30_000,
      statement_timeout: 60_000,
      keepAlive: true,
    })
    // An idle connection that is lost is replaced at the next use; nobody else hears of it.
    this.pool.on('error', (error) => {
      if (!this.pool.ending) log.warn({ err: error }, 'lost a connection to the database')
    })
    // A connection that is lost while it is in use fails what it was used for; it must not end the process as well.
    this.pool.on('connect', (client) => client.on('error', () => undefined))
    this.query = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: this.pool }) })
  }

  /**
   * Runs `work` in one transaction, stores the events and audit entries it recorded at its end, and then tells who follows.
   * @throws whatever `work` throws, after the rollback.
   */
  async transaction<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    const { result, followed, calls } = await this.query.transaction().execute(async (query) => {
      const unit = new UnitOfWork(query)
      const result = await work(unit)
      return { result, ...(await unit.finish()) }
    })
    for (const organization of followed) this.announce(organization)
    for (const call of calls) call()
    return result
  }

  /** @throws when the database does not answer. */
  async ping(): Promise<void> {
    await this.pool.query('select 1')
  }

  /** Waits while the database is not there yet: what starts together is not ready together. */
  async whenThere(waitMs: number): Promise<void> {
    const deadline = Date.now() + waitMs
    while (true) {
      try {
        return await this.ping()
      } catch (error) {
        const away = translateDatabaseError(error) instanceof DomainError
        if (!away || Date.now() > deadline) throw error
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
    }
  }

  async close(): Promise<void> {
    // Kysely ends the pool only if a query was made through it.
    await this.query.destroy()
    if (!this.pool.ended) await this.pool.end()
  }
}

/** SQLSTATE classes and errno codes that mean "not now", as opposed to "not so". */
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01',
  '57P02',
  '57P03',
  '53300',
])

/** The same error, or one that says the database is away when that is what happened. */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const sqlState = 'severity' in error || 'syscall' in error
  const lost = /Connection terminated|timeout exceeded when trying to connect|not queryable/.test(error.message)
  if ((sqlState && (AWAY.has(code) || code.startsWith('08'))) || lost) {
    return new DomainError('unavailable', 'database-unavailable', 'the database does not answer at the moment', {
      hint: 'try again in a few seconds; nothing was lost',
      retryAfterSeconds: 2,
      cause: error,
    })
  }
  return error
}

/** The name of the unique constraint an insert ran into, if that is what `error` is. */
export function violatedUnique(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== '23505') return undefined
  return 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : ''
}
