import { createHash } from 'node:crypto'
import type pg from 'pg'

/** Tables in an order in which each refers to earlier ones alone. What only lives for minutes is left out. */
export const DUMPED_TABLES = [
  'organization',
  'chain_head',
  'account',
  'membership',
  'api_token',
  'invitation',
  'target',
  'registry_credential',
  'stack',
  'stack_version',
  'secret',
  'secret_version',
  'deployment',
  'release',
  'operation',
  'operation_step',
  'operation_log',
  'schedule',
  'event',
  'audit_entry',
] as const

/** Sessions end with a restore; counters, tickets, set-up links and kept answers mean nothing elsewhere. */
export const LEFT_OUT_TABLES = [
  'session',
  'refresh_token',
  'setup_link',
  'idempotency_key',
  'counter',
  'ticket',
  'schema_migration',
] as const

const BATCH = 500

export interface DumpHeader {
  readonly windflow: string
  readonly migration: number
  readonly createdAt: string
}

/**
 * Everything as lines of JSON: a header, the keyring, each row as its table and its columns, and at the end how many lines
 * and their digest. Rows come out of one snapshot of the database, so that a server may go on meanwhile.
 */
export async function* dumpLines(pool: pg.Pool, keyring: string, version: string): AsyncGenerator<string> {
  const digest = createHash('sha256')
  let count = 0
  const line = (value: unknown): string => {
    const text = JSON.stringify(value)
    digest.update(text)
    count += 1
    return text
  }
  const client = await pool.connect()
  try {
    await client.query('begin transaction isolation level repeatable read read only')
    const { rows } = await client.query<{ number: number }>('select max(number) as number from schema_migration')
    const header: DumpHeader = {
      windflow: version,
      migration: rows[0]?.number ?? 0,
      createdAt: new Date().toISOString(),
    }
    yield line({ header })
    yield line({ keyring })
    for (const table of DUMPED_TABLES) {
      await client.query(`declare dumped no scroll cursor for select row_to_json(t) as row from ${table} t`)
      while (true) {
        const batch = await client.query<{ row: unknown }>(`fetch ${BATCH} from dumped`)
        for (const { row } of batch.rows) yield line({ table, row })
        if (batch.rows.length < BATCH) break
      }
      await client.query('close dumped')
    }
    yield JSON.stringify({ end: { count, digest: digest.digest('hex') } })
  } finally {
    await client.query('rollback').catch(() => undefined)
    client.release()
  }
}
