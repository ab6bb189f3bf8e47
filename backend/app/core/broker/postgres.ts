import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import pg from 'pg'
import type { Database } from '../db/database.ts'
import type { Disposal } from '../kernel/disposal.ts'
import type { Logger } from '../kernel/log.ts'
import { type Broker, type Count, type Listener, Listeners } from './broker.ts'

const RECONNECT_MS = 500
const CLEAN_UP_MS = 60_000

/** In this process by a function call, in the others by LISTEN/NOTIFY; counters and tickets are rows of unlogged tables. */
export class PostgresBroker implements Broker {
  readonly kind = 'postgres'
  readonly #database: Database
  readonly #url: string
  readonly #log: Logger
  readonly #self = randomUUID()
  readonly #listeners = new Listeners()
  readonly #cleanUp: NodeJS.Timeout
  #client: pg.Client | undefined
  #retry: NodeJS.Timeout | undefined
  #closed = false

  constructor(database: Database, url: string, log: Logger) {
    this.#database = database
    this.#url = url
    this.#log = log
    this.#cleanUp = setInterval(() => void this.#deleteExpired(), CLEAN_UP_MS).unref()
  }

  /** Begins to listen. Rejects when the database does not answer; later losses are repaired by themselves. */
  async start(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url, application_name: 'windflow-listen', keepAlive: true })
    let ended = false
    const lost = (error?: Error): void => {
      if (ended) return
      ended = true
      if (this.#closed || this.#client !== client) return
      this.#log.warn({ err: error }, 'lost the connection that listens for messages')
      this.#client = undefined
      this.#reconnect()
    }
    client.on('error', lost).on('end', () => lost())
    client.on('notification', ({ payload }) => this.#receive(payload ?? ''))
    try {
      await client.connect()
      await client.query('listen windflow')
    } catch (error) {
      ended = true
      await client.end().catch(() => undefined)
      throw error
    }
    this.#client = client
  }

  #reconnect(): void {
    this.#retry = setTimeout(() => {
      this.start().then(
        () => this.#listeners.gap(),
        () => this.#reconnect(),
      )
    }, RECONNECT_MS)
  }

  #receive(text: string): void {
    const [sender = '', channel = '', ...payload] = text.split('\n')
    if (sender !== this.#self) this.#listeners.deliver(channel, payload.join('\n'))
  }

  publish(channel: string, payload: string): void {
    this.#listeners.deliver(channel, payload)
    const text = `${this.#self}\n${channel}\n${payload}`
    this.#database.pool.query("select pg_notify('windflow', $1)", [text]).catch((error: unknown) => {
      this.#log.warn({ err: error, channel }, 'could not tell the other processes')
    })
  }

  subscribe(channel: string, listener: Listener): Disposal {
    return this.#listeners.add(channel, listener)
  }

  async increment(key: string, windowMs: number): Promise<Count> {
    const { rows } = await sql<{ count: number; remaining: number }>`
      insert into counter (key, count, resets_at) values (${key}, 1, now() + ${windowMs} * interval '1 millisecond')
      on conflict (key) do update set
        count = case when counter.resets_at <= now() then 1 else counter.count + 1 end,
        resets_at = case when counter.resets_at <= now() then excluded.resets_at else counter.resets_at end
      returning count, (extract(epoch from resets_at - now()) * 1000)::integer as remaining
    `.execute(this.#database.query)
    return { count: rows[0]?.count ?? 1, resetsInMs: rows[0]?.remaining ?? windowMs }
  }

  async put(key: string, value: string, ttlMs: number): Promise<void> {
    const expires_at = new Date(Date.now() + ttlMs)
    await this.#database.query
      .insertInto('ticket')
      .values({ key, value, expires_at })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value, expires_at }))
      .execute()
  }

  async take(key: string): Promise<string | undefined> {
    const row = await this.#database.query
      .deleteFrom('ticket')
      .where('key', '=', key)
      .returning(['value', 'expires_at'])
      .executeTakeFirst()
    return row !== undefined && row.expires_at > new Date() ? row.value : undefined
  }

  async #deleteExpired(): Promise<void> {
    try {
      await sql`delete from counter where resets_at < now()`.execute(this.#database.query)
      await sql`delete from ticket where expires_at < now()`.execute(this.#database.query)
    } catch (error) {
      this.#log.debug({ err: error }, 'expired counters stay until the next clean-up')
    }
  }

  async ping(): Promise<void> {
    if (this.#client === undefined) throw new Error('not listening for messages')
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#cleanUp)
    clearTimeout(this.#retry)
    await this.#client?.end()
  }
}
