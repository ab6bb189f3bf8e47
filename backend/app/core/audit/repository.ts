import { sql } from 'kysely'
import type { Query } from '../db/database.ts'
import type { Scope } from '../db/scope.ts'
import { afterCursor, NUMBER, type PageRequest } from '../http/page.ts'

export interface AuditFilter {
  readonly action?: string
  readonly subject?: string
  readonly actor?: string
}

/** The trail is only ever added to (by the unit of work) and read here. Newest first. */
export const auditRepository = {
  async page(query: Query, scope: Scope, filter: AuditFilter, page: PageRequest) {
    let rows = query
      .selectFrom('audit_entry')
      .selectAll()
      .where('organization_id', '=', scope.organization)
      .orderBy('number', 'desc')
      .limit(page.limit + 1)
    const before = afterCursor(page, NUMBER)
    if (before !== undefined) rows = rows.where('number', '<', Number(before))
    if (filter.action !== undefined) rows = rows.where('action', '=', filter.action)
    if (filter.subject !== undefined) rows = rows.where('subject', '=', filter.subject)
    if (filter.actor !== undefined) rows = rows.where(sql`actor ->> 'id'`, '=', filter.actor)
    return rows.execute()
  },

  /** A piece of one chain in order, for verification. The chain of the platform belongs to no organization. */
  async chain(query: Query, organization: string, after: number, limit: number) {
    return query
      .selectFrom('audit_entry')
      .selectAll()
      .where('organization_id', '=', organization)
      .where('number', '>', after)
      .orderBy('number')
      .limit(limit)
      .execute()
  },

  async heads(query: Query) {
    return query.selectFrom('chain_head').selectAll().orderBy('organization_id').execute()
  },
}
