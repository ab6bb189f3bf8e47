import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Job } from '../kernel/points.ts'

/** Rows in one statement: a table that was never cleaned must not be locked for minutes. */
const BATCH = 5000

/**
 * Deletes, every night, what has been kept long enough: events, logs and steps of ended operations, ended sessions, answers
 * kept for repeated requests. Operations themselves, releases and the audit trail stay.
 */
export function retention(database: Database, days: number): Job {
  const old = sql`now() - ${days} * interval '1 day'`
  const statements = [
    sql`delete from event where ctid = any(array(select ctid from event where time < ${old} limit ${BATCH}))`,
    sql`delete from operation_log where ctid = any(array(select l.ctid from operation_log l join operation o on o.id = l.operation_id where o.finished_at < ${old} limit ${BATCH}))`,
    sql`delete from operation_step where ctid = any(array(select s.ctid from operation_step s join operation o on o.id = s.operation_id where o.finished_at < ${old} limit ${BATCH}))`,
    sql`delete from session where ctid = any(array(select ctid from session where expires_at < ${old} or revoked_at < ${old} limit ${BATCH}))`,
    sql`delete from idempotency_key where ctid = any(array(select ctid from idempotency_key where created_at < now() - interval '1 day' limit ${BATCH}))`,
  ]
  return {
    cron: '17 3 * * *',
    async run(signal) {
      for (const statement of statements) {
        while (!signal.aborted) {
          const { numAffectedRows } = await statement.execute(database.query)
          if (Number(numAffectedRows ?? 0) < BATCH) break
        }
      }
    },
  }
}
