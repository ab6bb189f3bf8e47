import { sql } from 'kysely'
import type { Query } from '../db/database.ts'
import type { Scope } from '../db/scope.ts'
import { afterCursor, type PageRequest, UUID } from '../http/page.ts'

const COLUMNS = ['id', 'name', 'description', 'latest_version', 'revision', 'created_at'] as const

/** Names of secrets and their sealed versions. */
export const secretRepository = {
  async page(query: Query, scope: Scope, page: PageRequest) {
    let rows = query
      .selectFrom('secret')
      .select(COLUMNS)
      .where('organization_id', '=', scope.organization)
      .orderBy('id')
      .limit(page.limit + 1)
    const after = afterCursor(page, UUID)
    if (after !== undefined) rows = rows.where('id', '>', after)
    return rows.execute()
  },

  async byId(query: Query, scope: Scope, id: string) {
    return query
      .selectFrom('secret')
      .select(COLUMNS)
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .executeTakeFirst()
  },

  async byName(query: Query, scope: Scope, name: string) {
    return query
      .selectFrom('secret')
      .select(COLUMNS)
      .where('organization_id', '=', scope.organization)
      .where('name', '=', name)
      .executeTakeFirst()
  },

  async create(query: Query, scope: Scope, secret: { id: string; name: string; description: string }): Promise<void> {
    await query
      .insertInto('secret')
      .values({ ...secret, organization_id: scope.organization, latest_version: 0 })
      .execute()
  },

  /** @returns the number of the next version; the secret stays locked until the transaction ends. */
  async nextVersion(query: Query, scope: Scope, id: string): Promise<number | undefined> {
    const row = await query
      .updateTable('secret')
      .set({ latest_version: sql<number>`latest_version + 1`, revision: sql<number>`revision + 1` })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .returning('latest_version')
      .executeTakeFirst()
    return row?.latest_version
  },

  async addVersion(
    query: Query,
    version: { secret: string; number: number; sealed: string; createdBy: string | null },
  ): Promise<void> {
    await query
      .insertInto('secret_version')
      .values({
        secret_id: version.secret,
        number: version.number,
        sealed: version.sealed,
        created_by: version.createdBy,
      })
      .execute()
  },

  async version(query: Query, scope: Scope, name: string, number: number | undefined) {
    return query
      .selectFrom('secret_version')
      .innerJoin('secret', 'secret.id', 'secret_version.secret_id')
      .select(['secret.id', 'secret_version.number', 'secret_version.sealed'])
      .where('secret.organization_id', '=', scope.organization)
      .where('secret.name', '=', name)
      .where((where) => where('secret_version.number', '=', number ?? where.ref('secret.latest_version')))
      .executeTakeFirst()
  },

  /** Deployments that use the secret by name, as their variables say. */
  async users(query: Query, scope: Scope, name: string) {
    return query
      .selectFrom('deployment')
      .select(['id', 'name'])
      .where('organization_id', '=', scope.organization)
      .where('destroyed_at', 'is', null)
      .where(
        sql<boolean>`exists (select 1 from jsonb_each_text(variables) where value = ${`secret://${name}`} or value like ${`secret://${name}@%`})`,
      )
      .limit(20)
      .execute()
  },

  async delete(query: Query, scope: Scope, id: string): Promise<void> {
    await query.deleteFrom('secret').where('organization_id', '=', scope.organization).where('id', '=', id).execute()
  },

  /** Sealed values of all organizations under an older key, for their turn after a rotation of the keyring. */
  async sealedUnderOther(query: Query, current: string, limit: number) {
    return query
      .selectFrom('secret_version')
      .select(['secret_id', 'number', 'sealed'])
      .where('sealed', 'not like', `w1.${current}.%`)
      .limit(limit)
      .execute()
  },

  async reseal(query: Query, secret: string, number: number, sealed: string): Promise<void> {
    await query
      .updateTable('secret_version')
      .set({ sealed })
      .where('secret_id', '=', secret)
      .where('number', '=', number)
      .execute()
  },
}
