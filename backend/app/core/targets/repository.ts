import { sql } from 'kysely'
import type { Query } from '../db/database.ts'
import type { Scope } from '../db/scope.ts'
import { afterCursor, type PageRequest, UUID } from '../http/page.ts'
import type { TargetStatusValue } from './schema.ts'

export interface TargetRow {
  readonly id: string
  readonly organization_id: string
  readonly name: string
  readonly kind: string
  readonly connection: Record<string, unknown>
  readonly credentials: string | null
  readonly concurrency: number
  readonly status: Record<string, unknown>
  readonly revision: number
  readonly created_at: Date
}

/** Targets and registry credentials of an organization. */
export const targetRepository = {
  async page(query: Query, scope: Scope, page: PageRequest): Promise<readonly TargetRow[]> {
    let rows = query
      .selectFrom('target')
      .selectAll()
      .where('organization_id', '=', scope.organization)
      .orderBy('id')
      .limit(page.limit + 1)
    const after = afterCursor(page, UUID)
    if (after !== undefined) rows = rows.where('id', '>', after)
    return rows.execute()
  },

  async byId(query: Query, scope: Scope, id: string): Promise<TargetRow | undefined> {
    return query
      .selectFrom('target')
      .selectAll()
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .executeTakeFirst()
  },

  async create(
    query: Query,
    scope: Scope,
    target: {
      id: string
      name: string
      kind: string
      connection: object
      credentials: string | null
      concurrency: number
    },
  ): Promise<void> {
    const status: TargetStatusValue = { state: 'unknown', facts: {} }
    await query
      .insertInto('target')
      .values({
        ...target,
        organization_id: scope.organization,
        connection: JSON.stringify(target.connection),
        status: JSON.stringify(status),
      })
      .execute()
  },

  async update(
    query: Query,
    scope: Scope,
    id: string,
    change: { name?: string; connection?: object; credentials?: string | null; concurrency?: number },
  ): Promise<void> {
    const { connection, ...rest } = change
    await query
      .updateTable('target')
      .set({
        ...rest,
        ...(connection === undefined ? {} : { connection: JSON.stringify(connection) }),
        revision: sql<number>`revision + 1`,
      })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .execute()
  },

  async setStatus(query: Query, scope: Scope, id: string, status: TargetStatusValue): Promise<void> {
    await query
      .updateTable('target')
      .set({ status: JSON.stringify(status) })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .execute()
  },

  async deploymentsOn(query: Query, scope: Scope, id: string): Promise<number> {
    const row = await query
      .selectFrom('deployment')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('organization_id', '=', scope.organization)
      .where('target_id', '=', id)
      .executeTakeFirst()
    return row?.count ?? 0
  },

  async delete(query: Query, scope: Scope, id: string): Promise<void> {
    await query.deleteFrom('target').where('organization_id', '=', scope.organization).where('id', '=', id).execute()
  },

  /** Of all organizations: what a worker watches over. */
  async everywhere(query: Query): Promise<readonly TargetRow[]> {
    return query.selectFrom('target').selectAll().orderBy('id').execute()
  },

  async registries(query: Query, scope: Scope) {
    return query
      .selectFrom('registry_credential')
      .selectAll()
      .where('organization_id', '=', scope.organization)
      .orderBy('host')
      .limit(200)
      .execute()
  },

  /** One credential per registry: a new one takes the place of the one before. */
  async putRegistry(
    query: Query,
    scope: Scope,
    registry: { id: string; host: string; username: string; password: string },
  ) {
    return query
      .insertInto('registry_credential')
      .values({ ...registry, organization_id: scope.organization })
      .onConflict((conflict) =>
        conflict.columns(['organization_id', 'host']).doUpdateSet({
          username: registry.username,
          password: registry.password,
          revision: sql<number>`registry_credential.revision + 1`,
        }),
      )
      .returningAll()
      .executeTakeFirstOrThrow()
  },

  async deleteRegistry(query: Query, scope: Scope, id: string) {
    return query
      .deleteFrom('registry_credential')
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .returning('host')
      .executeTakeFirst()
  },
}
