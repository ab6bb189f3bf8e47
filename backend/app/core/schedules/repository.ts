import { sql } from 'kysely'
import type { Query } from '../db/database.ts'
import type { Scope } from '../db/scope.ts'
import type { ScheduleTable } from '../db/tables.ts'

export type ScheduleKind = ScheduleTable['kind']

export interface ScheduleRow {
  readonly id: string
  readonly organization_id: string
  readonly deployment_id: string
  readonly name: string
  readonly kind: ScheduleKind
  readonly cron: string
  readonly timezone: string
  readonly enabled: boolean
  readonly next_at: Date | null
  readonly last_at: Date | null
  readonly last_operation: string | null
  readonly last_error: string | null
  readonly revision: number
}

interface Timing {
  readonly cron: string
  readonly timezone: string
  readonly enabled: boolean
  readonly next_at: Date | null
}

/** Schedules of deployments. */
export const scheduleRepository = {
  async of(query: Query, scope: Scope, deployment: string): Promise<readonly ScheduleRow[]> {
    return query
      .selectFrom('schedule')
      .selectAll()
      .where('organization_id', '=', scope.organization)
      .where('deployment_id', '=', deployment)
      .orderBy('name')
      .limit(200)
      .execute()
  },

  async byId(query: Query, scope: Scope, id: string): Promise<ScheduleRow | undefined> {
    return query
      .selectFrom('schedule')
      .selectAll()
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .executeTakeFirst()
  },

  async create(
    query: Query,
    scope: Scope,
    schedule: Timing & { id: string; deployment_id: string; name: string; kind: ScheduleKind },
  ): Promise<void> {
    await query
      .insertInto('schedule')
      .values({
        ...schedule,
        organization_id: scope.organization,
        last_at: null,
        last_operation: null,
        last_error: null,
      })
      .execute()
  },

  async update(query: Query, scope: Scope, id: string, change: Partial<Timing>): Promise<void> {
    await query
      .updateTable('schedule')
      .set({ ...change, revision: sql<number>`revision + 1` })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .execute()
  },

  async delete(query: Query, scope: Scope, id: string): Promise<void> {
    await query.deleteFrom('schedule').where('organization_id', '=', scope.organization).where('id', '=', id).execute()
  },

  /** One schedule of any organization whose time has come; locked, so that one worker fires it. */
  async takeDue(query: Query): Promise<ScheduleRow | undefined> {
    return query
      .selectFrom('schedule')
      .selectAll()
      .where('enabled', '=', true)
      .where('next_at', '<=', sql<Date>`now()`)
      .orderBy('next_at')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
  },

  async fired(
    query: Query,
    scope: Scope,
    id: string,
    result: { next_at: Date | null; operation: string | null; error: string | null },
  ): Promise<void> {
    await query
      .updateTable('schedule')
      .set({
        next_at: result.next_at,
        last_at: sql<Date>`now()`,
        last_operation: result.operation,
        last_error: result.error,
      })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .execute()
  },
}
