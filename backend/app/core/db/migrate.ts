import type pg from 'pg'
import { BootError } from '../kernel/errors.ts'
import type { Migration } from './migrations/index.ts'

/** Any number that other programs are unlikely to lock: "wind" in ASCII. */
const LOCK = 0x77696e64

/**
 * Brings the database to the newest migration. Safe when many processes start at once: one does it, the others wait for it.
 * Takes no lock when nothing is to be done.
 * @throws BootError when the database was written by a newer version.
 */
export async function migrate(pool: pg.Pool, migrations: readonly Migration[]): Promise<void> {
  const newest = migrations.at(-1)?.number ?? 0
  if ((await appliedNumber(pool)) === newest) return
  const client = await pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await client.query(
      'create table if not exists schema_migration (number integer primary key, name text not null, applied_at timestamptz not null default now())',
    )
    const applied = await appliedNumber(client)
    if (applied > newest) {
      throw new BootError('The database is newer than this program:', [
        `it has migration ${applied}, this WindFlow knows ${newest}: start the newer version, or restore a backup`,
      ])
    }
    for (const migration of migrations.filter(({ number }) => number > applied)) {
      await client.query('begin')
      try {
        await client.query(migration.sql)
        await client.query('insert into schema_migration (number, name) values ($1, $2)', [
          migration.number,
          migration.name,
        ])
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw error
      }
    }
  } finally {
    // A lock of a session goes with its connection, should this fail.
    await client.query('select pg_advisory_unlock($1)', [LOCK]).then(
      () => client.release(),
      (error: Error) => client.release(error),
    )
  }
}

async function appliedNumber(connection: pg.Pool | pg.PoolClient): Promise<number> {
  const { rows } = await connection.query<{ exists: boolean }>(
    "select to_regclass('schema_migration') is not null as exists",
  )
  if (rows[0]?.exists !== true) return 0
  const result = await connection.query<{ number: number }>(
    'select coalesce(max(number), 0) as number from schema_migration',
  )
  return result.rows[0]?.number ?? 0
}
