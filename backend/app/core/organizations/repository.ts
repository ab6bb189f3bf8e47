import { sql } from 'kysely'
import type { Query } from '../db/database.ts'
import type { Scope } from '../db/scope.ts'
import type { RoleName } from '../db/tables.ts'
import type { PageRequest } from '../http/page.ts'
import { afterCursor, UUID } from '../http/page.ts'

/** Organizations, who belongs to them, who is invited, and their API tokens. */
export const organizationRepository = {
  async create(query: Query, organization: { id: string; slug: string; name: string }): Promise<void> {
    await query.insertInto('organization').values(organization).execute()
    await query.insertInto('chain_head').values({ organization_id: organization.id }).execute()
  },

  async slugTaken(query: Query, slug: string): Promise<boolean> {
    return (
      (await query.selectFrom('organization').select('id').where('slug', '=', slug).executeTakeFirst()) !== undefined
    )
  },

  async get(query: Query, scope: Scope) {
    return query.selectFrom('organization').selectAll().where('id', '=', scope.organization).executeTakeFirst()
  },

  async rename(query: Query, scope: Scope, name: string): Promise<void> {
    await query
      .updateTable('organization')
      .set({ name, revision: sql<number>`revision + 1` })
      .where('id', '=', scope.organization)
      .execute()
  },

  async addMember(query: Query, organization: string, account: string, role: RoleName): Promise<void> {
    await query
      .insertInto('membership')
      .values({ organization_id: organization, account_id: account, role })
      .onConflict((conflict) => conflict.columns(['organization_id', 'account_id']).doUpdateSet({ role }))
      .execute()
  },

  async members(query: Query, scope: Scope, page: PageRequest) {
    let rows = query
      .selectFrom('membership')
      .innerJoin('account', 'account.id', 'membership.account_id')
      .select([
        'account.id',
        'account.email',
        'account.name',
        'account.disabled_at',
        'membership.role',
        'membership.created_at',
      ])
      .where('membership.organization_id', '=', scope.organization)
      .orderBy('account.id')
      .limit(page.limit + 1)
    const after = afterCursor(page, UUID)
    if (after !== undefined) rows = rows.where('account.id', '>', after)
    return rows.execute()
  },

  /** Locks the memberships of the organization: who is the last owner must not change meanwhile. */
  async lockedRoles(query: Query, scope: Scope): Promise<ReadonlyMap<string, RoleName>> {
    const rows = await query
      .selectFrom('membership')
      .select(['account_id', 'role'])
      .where('organization_id', '=', scope.organization)
      .forUpdate()
      .execute()
    return new Map(rows.map(({ account_id, role }) => [account_id, role]))
  },

  async setRole(query: Query, scope: Scope, account: string, role: RoleName): Promise<void> {
    await query
      .updateTable('membership')
      .set({ role })
      .where('organization_id', '=', scope.organization)
      .where('account_id', '=', account)
      .execute()
  },

  async removeMember(query: Query, scope: Scope, account: string): Promise<void> {
    await query
      .deleteFrom('membership')
      .where('organization_id', '=', scope.organization)
      .where('account_id', '=', account)
      .execute()
    await query
      .updateTable('api_token')
      .set({ revoked_at: sql<Date>`now()` })
      .where('organization_id', '=', scope.organization)
      .where('account_id', '=', account)
      .where('revoked_at', 'is', null)
      .execute()
  },

  async invite(
    query: Query,
    scope: Scope,
    invitation: { id: string; email: string; role: RoleName; hash: Buffer; createdBy: string; expiresAt: Date },
  ): Promise<void> {
    await query
      .insertInto('invitation')
      .values({
        id: invitation.id,
        organization_id: scope.organization,
        email: invitation.email,
        role: invitation.role,
        hash: invitation.hash,
        created_by: invitation.createdBy,
        expires_at: invitation.expiresAt,
        accepted_at: null,
      })
      .execute()
  },

  async invitations(query: Query, scope: Scope, page: PageRequest) {
    let rows = query
      .selectFrom('invitation')
      .select(['id', 'email', 'role', 'created_at', 'expires_at'])
      .where('organization_id', '=', scope.organization)
      .where('accepted_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .orderBy('id')
      .limit(page.limit + 1)
    const after = afterCursor(page, UUID)
    if (after !== undefined) rows = rows.where('id', '>', after)
    return rows.execute()
  },

  async withdrawInvitation(query: Query, scope: Scope, id: string): Promise<boolean> {
    const { numDeletedRows } = await query
      .deleteFrom('invitation')
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .where('accepted_at', 'is', null)
      .executeTakeFirst()
    return numDeletedRows === 1n
  },

  /** Uses an invitation up: found once, by its hash, in its time. The hash is the right to do so, hence no Scope. */
  async acceptInvitation(query: Query, hash: Buffer) {
    return query
      .updateTable('invitation')
      .set({ accepted_at: sql<Date>`now()` })
      .where('hash', '=', hash)
      .where('accepted_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .returning(['organization_id', 'email', 'role'])
      .executeTakeFirst()
  },

  async createToken(
    query: Query,
    scope: Scope,
    token: {
      id: string
      account: string
      name: string
      hash: Buffer
      permissions: readonly string[] | undefined
      expiresAt: Date | undefined
    },
  ): Promise<void> {
    await query
      .insertInto('api_token')
      .values({
        id: token.id,
        organization_id: scope.organization,
        account_id: token.account,
        name: token.name,
        hash: token.hash,
        permissions: token.permissions === undefined ? null : [...token.permissions],
        expires_at: token.expiresAt ?? null,
        last_used_at: null,
        revoked_at: null,
      })
      .execute()
  },

  /** Live tokens; of one account when `account` is given. */
  async tokens(query: Query, scope: Scope, account: string | undefined, page: PageRequest) {
    let rows = query
      .selectFrom('api_token')
      .select(['id', 'account_id', 'name', 'permissions', 'created_at', 'expires_at', 'last_used_at'])
      .where('organization_id', '=', scope.organization)
      .where('revoked_at', 'is', null)
      .orderBy('id')
      .limit(page.limit + 1)
    if (account !== undefined) rows = rows.where('account_id', '=', account)
    const after = afterCursor(page, UUID)
    if (after !== undefined) rows = rows.where('id', '>', after)
    return rows.execute()
  },

  async token(query: Query, scope: Scope, id: string) {
    return query
      .selectFrom('api_token')
      .select(['id', 'account_id', 'name', 'permissions', 'created_at', 'expires_at', 'last_used_at'])
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
  },

  async revokeToken(query: Query, scope: Scope, id: string): Promise<void> {
    await query
      .updateTable('api_token')
      .set({ revoked_at: sql<Date>`now()` })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .execute()
  },
}
