import { sql } from 'kysely'
import type { Query } from '../../db/database.ts'
import { type OperationState, origins, RUNNING_STATES } from '../operation.ts'
import { type OperationRow, toOperation } from '../operation-repository.ts'
import type { OperationError } from '../schema.ts'

/** The right to work on one operation: valid while the row has this very number and the lease has not run out. */
export interface Fence {
  readonly operation: string
  readonly number: number
}

export interface NewLogLine {
  readonly time: Date
  readonly level: string
  readonly step: string | null
  readonly text: string
}

export interface StepChange {
  readonly attempt: number
  readonly step: string
  readonly number: number
  readonly phase: string
  readonly action: string
  readonly resource: string
  readonly state: string
  readonly message: string | null
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
}

/**
 * What workers do with operations. Not scoped: a worker serves every organization, and each write names its fence, so
 * that one who has lost the lease changes nothing.
 */
export const leaseRepository = {
  /** Targets that have something to take: queued, or left by a worker whose lease ran out. */
  async waitingTargets(query: Query): Promise<readonly string[]> {
    const rows = await query
      .selectFrom('operation')
      .select('target_id')
      .distinct()
      .where('finished_at', 'is', null)
      .where((or) =>
        or.or([
          or('state', '=', 'queued'),
          or.and([
            or('state', 'in', [...RUNNING_STATES]),
            or.or([or('lease_expires_at', 'is', null), or('lease_expires_at', '<', sql<Date>`now()`)]),
          ]),
        ]),
      )
      .execute()
    return rows.map(({ target_id }) => target_id)
  },

  /**
   * Takes operations of one target in the order of their rows, as many as the target's limit and `capacity` leave room for.
   * @param except those this process still has in hand itself
   */
  async claim(
    query: Query,
    target: string,
    owner: string,
    leaseSeconds: number,
    capacity: number,
    except: readonly string[],
  ): Promise<readonly OperationRow[]> {
    // Whoever counts what runs on a target must see what the others have taken: one at a time.
    const limit = await query
      .selectFrom('target')
      .select('concurrency')
      .where('id', '=', target)
      .forUpdate()
      .executeTakeFirst()
    if (limit === undefined) return []
    const running = await query
      .selectFrom('operation')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('target_id', '=', target)
      .where('finished_at', 'is', null)
      .where('lease_expires_at', '>=', sql<Date>`now()`)
      .executeTakeFirst()
    const room = Math.min(capacity, limit.concurrency - (running?.count ?? 0))
    if (room <= 0) return []
    let candidates = query
      .selectFrom('operation')
      .select('id')
      .where('target_id', '=', target)
      .where('finished_at', 'is', null)
      .where((or) =>
        or.or([
          or('state', '=', 'queued'),
          or.and([
            or('state', 'in', [...RUNNING_STATES]),
            or.or([or('lease_expires_at', 'is', null), or('lease_expires_at', '<', sql<Date>`now()`)]),
          ]),
        ]),
      )
      .orderBy('position')
      .limit(room)
      .forUpdate()
      .skipLocked()
    if (except.length > 0) candidates = candidates.where('id', 'not in', [...except])
    const rows = await query
      .updateTable('operation')
      .set({
        state: sql<string>`case when state = 'queued' then 'planning' else state end`,
        fence: sql<number>`fence + 1`,
        attempts: sql<number>`attempts + 1`,
        revision: sql<number>`revision + 1`,
        lease_owner: owner,
        lease_expires_at: sql<Date>`now() + ${leaseSeconds} * interval '1 second'`,
        // Not `now()`, which is when the transaction began: it may have waited for its turn.
        started_at: sql<Date>`coalesce(started_at, clock_timestamp())`,
      })
      .where('id', 'in', candidates)
      .returningAll()
      .execute()
    return rows.map(toOperation).toSorted((a, b) => a.position - b.position)
  },

  /** Keeps the lease. @returns the state and whether a cancel was asked for; `undefined` when the lease is lost. */
  async renew(query: Query, fence: Fence, leaseSeconds: number) {
    return query
      .updateTable('operation')
      .set({ lease_expires_at: sql<Date>`now() + ${leaseSeconds} * interval '1 second'` })
      .where('id', '=', fence.operation)
      .where('fence', '=', fence.number)
      .where('lease_expires_at', '>=', sql<Date>`now()`)
      .where('finished_at', 'is', null)
      .returning(['state', 'cancel_requested_at'])
      .executeTakeFirst()
  },

  async holds(query: Query, fence: Fence): Promise<boolean> {
    const row = await query
      .selectFrom('operation')
      .select('id')
      .where('id', '=', fence.operation)
      .where('fence', '=', fence.number)
      .where('lease_expires_at', '>=', sql<Date>`now()`)
      .where('finished_at', 'is', null)
      .executeTakeFirst()
    return row !== undefined
  },

  /** @returns whether the state was changed: not from where that is impossible, not without the fence. */
  async move(
    query: Query,
    fence: Fence,
    to: OperationState,
    change: {
      plan?: unknown
      release?: number | null
      error?: OperationError
      approvedFingerprint?: null
      final?: boolean
      release_lease?: boolean
    } = {},
  ): Promise<boolean> {
    const { numUpdatedRows } = await query
      .updateTable('operation')
      .set({
        state: to,
        revision: sql<number>`revision + 1`,
        ...(change.plan === undefined ? {} : { plan: JSON.stringify(change.plan) }),
        ...(change.release === undefined ? {} : { release: change.release }),
        ...(change.error === undefined ? {} : { error: JSON.stringify(change.error) }),
        ...(change.approvedFingerprint === undefined ? {} : { approved_fingerprint: null }),
        ...(change.final === true ? { finished_at: sql<Date>`now()` } : {}),
        ...(change.final === true || change.release_lease === true
          ? { lease_owner: null, lease_expires_at: null }
          : {}),
      })
      .where('id', '=', fence.operation)
      .where('fence', '=', fence.number)
      .where('state', 'in', [...origins(to, 'worker')])
      .executeTakeFirst()
    return numUpdatedRows === 1n
  },

  /** Stores the plan or the release without a change of state. */
  async note(query: Query, fence: Fence, change: { plan?: unknown; release?: number }): Promise<boolean> {
    const { numUpdatedRows } = await query
      .updateTable('operation')
      .set({
        revision: sql<number>`revision + 1`,
        ...(change.plan === undefined ? {} : { plan: JSON.stringify(change.plan) }),
        ...(change.release === undefined ? {} : { release: change.release }),
      })
      .where('id', '=', fence.operation)
      .where('fence', '=', fence.number)
      .where('finished_at', 'is', null)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  },

  /** Lets the lease go without ending the operation: another worker goes on at once. */
  async handOver(query: Query, fence: Fence): Promise<void> {
    await query
      .updateTable('operation')
      .set({ lease_owner: null, lease_expires_at: null })
      .where('id', '=', fence.operation)
      .where('fence', '=', fence.number)
      .where('finished_at', 'is', null)
      .execute()
  },

  /** Appends log lines with the next numbers, if the fence still holds. */
  async appendLog(query: Query, fence: Fence, lines: readonly NewLogLine[]): Promise<boolean> {
    const { rows } = await sql`
      with head as (
        update operation set log_number = log_number + ${lines.length}
        where id = ${fence.operation} and fence = ${fence.number}
        returning log_number - ${lines.length} as start
      )
      insert into operation_log (operation_id, number, time, level, step, text)
      select ${fence.operation}, head.start + line.ordinality, line.time, line.level, line.step, line.text
      from head, unnest(
        ${lines.map(({ time }) => time)}::timestamptz[],
        ${lines.map(({ level }) => level)}::text[],
        ${lines.map(({ step }) => step)}::text[],
        ${lines.map(({ text }) => text)}::text[]
      ) with ordinality as line (time, level, step, text, ordinality)
      returning number
    `.execute(query)
    return rows.length === lines.length
  },

  async saveSteps(query: Query, fence: Fence, steps: readonly StepChange[]): Promise<void> {
    if (steps.length === 0) return
    // Fenced by the row lock: who has lost the lease finds another number and writes nothing.
    const held = await query
      .selectFrom('operation')
      .select('id')
      .where('id', '=', fence.operation)
      .where('fence', '=', fence.number)
      .forShare()
      .executeTakeFirst()
    if (held === undefined) return
    await query
      .insertInto('operation_step')
      .values(
        steps.map(({ startedAt, finishedAt, ...step }) => ({
          ...step,
          operation_id: fence.operation,
          started_at: startedAt,
          finished_at: finishedAt,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['operation_id', 'attempt', 'step']).doUpdateSet((set) => ({
          state: set.ref('excluded.state'),
          message: set.ref('excluded.message'),
          started_at: set.ref('excluded.started_at'),
          finished_at: set.ref('excluded.finished_at'),
        })),
      )
      .execute()
  },
}
