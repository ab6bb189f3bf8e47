import { sql } from 'kysely'
import type { Query } from '../db/database.ts'
import type { RoleName } from '../db/tables.ts'

export interface Account {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly superadmin: boolean
  readonly disabled: boolean
  readonly passwordHash: string | undefined
}

export interface Membership {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly role: RoleName
}

interface AccountRow {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly superadmin: boolean
  readonly disabled_at: Date | null
  readonly password_hash: string | null
}

/**
 * Accounts, sessions and credentials: they belong to persons, not to organizations, hence no Scope here. Who may call is
 * decided by the account itself (`self`) or by a credential that is looked up by its hash.
 */
export const identityRepository = {
  async accountByEmail(query: Query, email: string): Promise<Account | undefined> {
    const row = await query
      .selectFrom('account')
      .selectAll()
      .where(sql`lower(email)`, '=', email.toLowerCase())
      .executeTakeFirst()
    return row && toAccount(row)
  },

  async accountById(query: Query, id: string): Promise<Account | undefined> {
    const row = await query.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirst()
    return row && toAccount(row)
  },

  async anyAccount(query: Query): Promise<boolean> {
    return (await query.selectFrom('account').select('id').limit(1).executeTakeFirst()) !== undefined
  },

  async createAccount(
    query: Query,
    account: { id: string; email: string; name: string; passwordHash: string; superadmin: boolean },
  ): Promise<void> {
    const { passwordHash: password_hash, ...rest } = account
    await query
      .insertInto('account')
      .values({ ...rest, password_hash, disabled_at: null })
      .execute()
  },

  async setPassword(query: Query, id: string, password_hash: string): Promise<void> {
    await query.updateTable('account').set({ password_hash }).where('id', '=', id).execute()
  },

  async memberships(query: Query, account: string): Promise<readonly Membership[]> {
    return query
      .selectFrom('membership')
      .innerJoin('organization', 'organization.id', 'membership.organization_id')
      .select(['organization.id', 'organization.slug', 'organization.name', 'membership.role'])
      .where('membership.account_id', '=', account)
      .orderBy('organization.id')
      .execute()
  },

  async createSession(
    query: Query,
    session: { id: string; account: string; address: string; userAgent: string; expiresAt: Date },
  ): Promise<void> {
    await query
      .insertInto('session')
      .values({
        id: session.id,
        account_id: session.account,
        address: session.address,
        user_agent: session.userAgent.slice(0, 300),
        expires_at: session.expiresAt,
        revoked_at: null,
      })
      .execute()
  },

  /** The account of a session that is neither revoked nor over. */
  async liveSession(query: Query, id: string): Promise<Account | undefined> {
    const row = await query
      .selectFrom('session')
      .innerJoin('account', 'account.id', 'session.account_id')
      .selectAll('account')
      .where('session.id', '=', id)
      .where('session.revoked_at', 'is', null)
      .where('session.expires_at', '>', sql<Date>`now()`)
      .executeTakeFirst()
    return row && toAccount(row)
  },

  async sessions(query: Query, account: string) {
    return query
      .selectFrom('session')
      .selectAll()
      .where('account_id', '=', account)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .orderBy('last_seen_at', 'desc')
      .limit(200)
      .execute()
  },

  /** @returns how many sessions ended. `except` stays. */
  async revokeSessions(query: Query, account: string, which: { only?: string; except?: string } = {}): Promise<number> {
    let update = query
      .updateTable('session')
      .set({ revoked_at: sql<Date>`now()` })
      .where('account_id', '=', account)
      .where('revoked_at', 'is', null)
    if (which.only !== undefined) update = update.where('id', '=', which.only)
    if (which.except !== undefined) update = update.where('id', '!=', which.except)
    return Number((await update.executeTakeFirst()).numUpdatedRows)
  },

  async addRefreshToken(query: Query, hash: Buffer, session: string): Promise<void> {
    await query.insertInto('refresh_token').values({ hash, session_id: session, used_at: null }).execute()
  },

  /** Locks the token, so that two uses at the same moment are seen one after the other. */
  async refreshToken(query: Query, hash: Buffer) {
    return query
      .selectFrom('refresh_token')
      .innerJoin('session', 'session.id', 'refresh_token.session_id')
      .select([
        'session.id as session',
        'session.account_id as account',
        'session.revoked_at',
        'session.expires_at',
        'refresh_token.used_at',
      ])
      .where('refresh_token.hash', '=', hash)
      .forUpdate()
      .executeTakeFirst()
  },

  async useRefreshToken(query: Query, hash: Buffer, session: string, expires_at: Date): Promise<void> {
    await query
      .updateTable('refresh_token')
      .set({ used_at: sql<Date>`coalesce(used_at, now())` })
      .where('hash', '=', hash)
      .execute()
    await query
      .updateTable('session')
      .set({ last_seen_at: sql<Date>`now()`, expires_at })
      .where('id', '=', session)
      .execute()
  },

  async addSetupLink(query: Query, hash: Buffer, expires_at: Date): Promise<void> {
    await query.deleteFrom('setup_link').where('expires_at', '<', sql<Date>`now()`).execute()
    await query.insertInto('setup_link').values({ hash, expires_at, used_at: null }).execute()
  },

  /** True once, for an unused link in its time. */
  async useSetupLink(query: Query, hash: Buffer): Promise<boolean> {
    const { numUpdatedRows } = await query
      .updateTable('setup_link')
      .set({ used_at: sql<Date>`now()` })
      .where('hash', '=', hash)
      .where('used_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  },

  async apiToken(query: Query, by: { hash: Buffer } | { id: string }) {
    const rows = query
      .selectFrom('api_token')
      .innerJoin('account', 'account.id', 'api_token.account_id')
      .selectAll('account')
      .select(['api_token.id as token_id', 'api_token.organization_id', 'api_token.permissions'])
      .where('api_token.revoked_at', 'is', null)
      .where((or) => or.or([or('api_token.expires_at', 'is', null), or('api_token.expires_at', '>', sql<Date>`now()`)]))
    const row = await ('hash' in by
      ? rows.where('api_token.hash', '=', by.hash)
      : rows.where('api_token.id', '=', by.id)
    ).executeTakeFirst()
    if (row === undefined) return undefined
    return {
      account: toAccount(row),
      id: row.token_id,
      organization: row.organization_id,
      permissions: row.permissions ?? undefined,
    }
  },

  async touchApiToken(query: Query, id: string): Promise<void> {
    await query.updateTable('api_token').set({ last_used_at: sql<Date>`now()` }).where('id', '=', id).execute()
  },
}

function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    superadmin: row.superadmin,
    disabled: row.disabled_at !== null,
    passwordHash: row.password_hash ?? undefined,
  }
}
