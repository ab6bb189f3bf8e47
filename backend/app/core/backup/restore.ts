import { createHash } from 'node:crypto'
import type pg from 'pg'
import { migrate } from '../db/migrate.ts'
import { MIGRATIONS } from '../db/migrations/index.ts'
import { DomainError } from '../kernel/errors.ts'
import { Keyring } from '../secrets/keyring.ts'
import { notWhole, readArchive } from './archive.ts'
import { DUMPED_TABLES, type DumpHeader } from './dump.ts'

export interface Verified {
  readonly header: DumpHeader
  readonly keyring: string
  readonly rows: number
}

type Entry =
  | { readonly header: DumpHeader }
  | { readonly keyring: string }
  | { readonly table: string; readonly row: unknown }
  | { readonly end: { readonly count: number; readonly digest: string } }

/** Reads a backup from its first to its last byte. @throws DomainError when it is not as it was written */
export async function verifyBackup(path: string, passphrase: string): Promise<Verified> {
  const digest = createHash('sha256')
  let count = 0
  let header: DumpHeader | undefined
  let keyring: string | undefined
  let ended = false
  for await (const text of readArchive(path, passphrase)) {
    if (ended) throw notWhole(undefined)
    const entry = parse(text)
    if ('end' in entry) {
      if (entry.end.count !== count || entry.end.digest !== digest.digest('hex')) throw notWhole(undefined)
      ended = true
      continue
    }
    digest.update(text)
    count += 1
    if ('header' in entry) header = entry.header
    if ('keyring' in entry) keyring = entry.keyring
  }
  if (!ended || header === undefined || keyring === undefined) throw notWhole(undefined)
  new Keyring(keyring)
  return { header, keyring, rows: count - 2 }
}

function parse(text: string): Entry {
  // Written by `dumpLines`; the archive has proven that nobody else did.
  return JSON.parse(text) as Entry
}

/**
 * Fills an installation nobody uses yet with a backup that was verified. All of it or nothing.
 * @throws DomainError when somebody uses the installation, or the backup is of a newer version
 */
export async function restoreBackup(
  pool: pg.Pool,
  path: string,
  passphrase: string,
  { header }: Verified,
): Promise<void> {
  const newest = MIGRATIONS.at(-1)?.number ?? 0
  if (header.migration > newest) {
    throw new DomainError('conflict', 'backup-newer', `the backup was made by a newer WindFlow (${header.windflow})`, {
      hint: 'install that version, then restore',
    })
  }
  await refuseUsed(pool)
  // From the beginning, and as far as the backup was: its rows have the columns of that time.
  await pool.query('drop schema if exists job cascade; drop schema public cascade; create schema public')
  await migrate(
    pool,
    MIGRATIONS.filter(({ number }) => number <= header.migration),
  )
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('delete from chain_head')
    for await (const text of readArchive(path, passphrase)) {
      const entry = parse(text)
      if (!('table' in entry)) continue
      const table = DUMPED_TABLES.find((name) => name === entry.table)
      if (table === undefined) throw notWhole(undefined)
      await client.query(
        `insert into ${table} overriding system value select * from json_populate_record(null::${table}, $1)`,
        [JSON.stringify(entry.row)],
      )
    }
    await client.query(
      "select setval(pg_get_serial_sequence('operation', 'position'), (select coalesce(max(position), 0) + 1 from operation), false)",
    )
    // Nobody has these in hand here; a worker takes them up where they were left.
    await client.query('update operation set lease_owner = null, lease_expires_at = null where finished_at is null')
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
  await migrate(pool, MIGRATIONS)
}

async function refuseUsed(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ exists: boolean }>("select to_regclass('account') is not null as exists")
  if (rows[0]?.exists !== true) return
  const accounts = await pool.query('select 1 from account limit 1')
  if (accounts.rows.length === 0) return
  throw new DomainError(
    'conflict',
    'installation-in-use',
    'this installation has accounts already: a restore would replace everything',
    {
      hint: 'restore into a new WINDFLOW_DATA or an empty database',
    },
  )
}
