import type { Broker } from '../broker/broker.ts'
import type { Database } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { type Origin, PLATFORM, scopeFor } from '../db/scope.ts'
import { DomainError } from '../kernel/errors.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { Attempts } from './attempts.ts'
import type { IdentityAuthority } from './authority.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { type Account, identityRepository } from './repository.ts'
import { type AccessTokens, credentialHash, newCredential } from './tokens.ts'

export const SESSION_SECONDS = 14 * 24 * 3600
/** Two tabs refresh at the same moment with the same token: that is no theft. */
const REUSE_GRACE_MS = 10_000

export interface SignedIn {
  readonly account: Account
  readonly session: string
  readonly access: string
  readonly refresh: string
  /** Proof that this browser has signed in to this account before. */
  readonly device: string
}

export interface Client extends Origin {
  readonly userAgent: string
  readonly device?: string | undefined
}

/** Signing in and out. */
export class Sessions {
  readonly #database: Database
  readonly #tokens: AccessTokens
  readonly #keyring: Keyring
  readonly #authority: IdentityAuthority
  readonly #attempts: Attempts

  constructor(parts: {
    database: Database
    broker: Broker
    tokens: AccessTokens
    keyring: Keyring
    authority: IdentityAuthority
    rateLimit: boolean
  }) {
    this.#database = parts.database
    this.#tokens = parts.tokens
    this.#keyring = parts.keyring
    this.#authority = parts.authority
    this.#attempts = new Attempts(parts.broker, parts.rateLimit)
  }

  /** @throws DomainError with the same words for a wrong password, an unknown and a disabled account. */
  async signIn(email: string, password: string, client: Client): Promise<SignedIn> {
    await this.#attempts.count(email, client.address, this.#deviceFor(email, client.device))
    const account = await identityRepository.accountByEmail(this.#database.query, email)
    const right = await verifyPassword(password, account?.passwordHash)
    if (account === undefined || !right || account.disabled) {
      await this.#database.transaction(async (unit) => {
        const actor = { kind: 'system' as const, name: 'sign-in' }
        unit.audit(scopeFor(PLATFORM, actor, client), { action: 'session.refuse', subject: `email/${email}` })
      })
      throw new DomainError('unauthenticated', 'sign-in-refused', 'e-mail address or password is not right')
    }
    return this.open(account, client)
  }

  /** Makes a session for an account that has proven itself. */
  async open(account: Account, client: Client): Promise<SignedIn> {
    const session = newId()
    const refresh = newCredential('wfr')
    await this.#database.transaction(async (unit) => {
      const expiresAt = new Date(Date.now() + SESSION_SECONDS * 1000)
      await identityRepository.createSession(unit.query, { id: session, account: account.id, ...client, expiresAt })
      await identityRepository.addRefreshToken(unit.query, refresh.hash, session)
      const actor = { kind: 'account' as const, id: account.id, name: account.name }
      unit.audit(scopeFor(PLATFORM, actor, client), { action: 'session.open', subject: `session/${session}` })
    })
    const access = await this.#tokens.issue(session)
    return { account, session, access, refresh: refresh.text, device: this.#deviceCookie(account.email) }
  }

  /** Gives new tokens for a refresh token, which ends with this. A second use of one ends the whole session. */
  async refresh(token: string): Promise<{ readonly access: string; readonly refresh: string }> {
    const next = newCredential('wfr')
    const outcome = await this.#database.transaction(async (unit) => {
      const hash = credentialHash(token)
      const known = await identityRepository.refreshToken(unit.query, hash)
      if (known === undefined || known.revoked_at !== null || known.expires_at <= new Date()) return undefined
      if (known.used_at !== null && Date.now() - known.used_at.getTime() > REUSE_GRACE_MS) {
        await identityRepository.revokeSessions(unit.query, known.account, { only: known.session })
        return 'reused' as const
      }
      await identityRepository.useRefreshToken(
        unit.query,
        hash,
        known.session,
        new Date(Date.now() + SESSION_SECONDS * 1000),
      )
      await identityRepository.addRefreshToken(unit.query, next.hash, known.session)
      return known
    })
    if (outcome === 'reused') this.#authority.changed()
    if (outcome === undefined || outcome === 'reused') {
      throw new DomainError('unauthenticated', 'session-over', 'the session is over: sign in again')
    }
    return { access: await this.#tokens.issue(outcome.session), refresh: next.text }
  }

  async end(account: string, which: { only?: string; except?: string }): Promise<number> {
    const ended = await identityRepository.revokeSessions(this.#database.query, account, which)
    this.#authority.changed()
    return ended
  }

  /** @throws when the present password is not right; every other session ends. */
  async changePassword(
    accountId: string,
    present: string,
    next: string,
    session: string,
    client: Client,
  ): Promise<void> {
    const account = await identityRepository.accountById(this.#database.query, accountId)
    if (account === undefined) throw new DomainError('unauthenticated', 'sign-in-refused', 'sign in again')
    await this.#attempts.count(account.email, client.address, undefined)
    if (!(await verifyPassword(present, account.passwordHash))) {
      throw new DomainError('invalid', 'wrong-password', 'the present password is not right', {
        fields: [{ path: '/password', message: 'is not right' }],
      })
    }
    await this.setPassword(account, next, client, session)
  }

  async setPassword(account: Account, password: string, origin: Origin, keptSession?: string): Promise<void> {
    const hash = await hashPassword(password)
    await this.#database.transaction(async (unit) => {
      await identityRepository.setPassword(unit.query, account.id, hash)
      await identityRepository.revokeSessions(
        unit.query,
        account.id,
        keptSession === undefined ? {} : { except: keptSession },
      )
      const actor = { kind: 'account' as const, id: account.id, name: account.name }
      unit.audit(scopeFor(PLATFORM, actor, origin), { action: 'account.password', subject: `account/${account.id}` })
    })
    this.#authority.changed()
  }

  #deviceCookie(email: string): string {
    return this.#keyring.seal(`${newId()} ${email.toLowerCase()}`, 'device')
  }

  #deviceFor(email: string, cookie: string | undefined): string | undefined {
    if (cookie === undefined) return undefined
    try {
      const [id, known] = this.#keyring.open(cookie, 'device').split(' ')
      return known === email.toLowerCase() ? id : undefined
    } catch {
      return undefined
    }
  }
}
