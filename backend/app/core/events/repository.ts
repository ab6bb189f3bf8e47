import type { Query } from '../db/database.ts'
import type { Scope } from '../db/scope.ts'

export interface StoredEvent {
  readonly number: number
  readonly time: Date
  readonly type: string
  readonly subject: string
  readonly data: Record<string, unknown>
}

/** Events are only ever added (by the unit of work) and read here. */
export const eventRepository = {
  async after(query: Query, scope: Scope, number: number, limit: number): Promise<readonly StoredEvent[]> {
    return query
      .selectFrom('event')
      .select(['number', 'time', 'type', 'subject', 'data'])
      .where('organization_id', '=', scope.organization)
      .where('number', '>', number)
      .orderBy('number')
      .limit(limit)
      .execute()
  },

  /** Number of the newest event, 0 when there was none. */
  async newest(query: Query, scope: Scope): Promise<number> {
    const row = await query
      .selectFrom('chain_head')
      .select('event_number')
      .where('organization_id', '=', scope.organization)
      .executeTakeFirst()
    return row?.event_number ?? 0
  },

  async deleteOlderThan(query: Query, time: Date): Promise<void> {
    await query.deleteFrom('event').where('time', '<', time).execute()
  },
}
