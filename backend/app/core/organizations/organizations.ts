import type { Database } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { Origin, Scope } from '../db/scope.ts'
import { scopeFor } from '../db/scope.ts'
import type { RoleName } from '../db/tables.ts'
import type { UnitOfWork } from '../db/unit-of-work.ts'
import type { Principal } from '../http/types.ts'
import type { IdentityAuthority } from '../identity/authority.ts'
import { hashPassword } from '../identity/password.ts'
import { outranks, type PermissionMatrix } from '../identity/permissions.ts'
import { type Account, identityRepository } from '../identity/repository.ts'
import { credentialHash, newCredential } from '../identity/tokens.ts'
import { DomainError, notFound } from '../kernel/errors.ts'
import { organizationRepository as repository } from './repository.ts'

const INVITATION_DAYS = 7

/** Makes an organization with its first owner. @returns its id. */
export async function createOrganization(
  unit: UnitOfWork,
  given: { readonly name: string; readonly owner: string },
): Promise<string> {
  const id = newId()
  const base =
    given.name
      .toLowerCase()
      .normalize('NFKD')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 50) || 'organization'
  const slug = (await repository.slugTaken(unit.query, base)) ? `${base}-${id.slice(-6)}` : base
  await repository.create(unit.query, { id, slug, name: given.name })
  await repository.addMember(unit.query, id, given.owner, 'owner')
  return id
}

/** Organizations and who belongs to them with which role; invitations and API tokens. */
export class Organizations {
  readonly #database: Database
  readonly #authority: IdentityAuthority
  readonly #matrix: PermissionMatrix

  constructor(database: Database, authority: IdentityAuthority, matrix: PermissionMatrix) {
    this.#database = database
    this.#authority = authority
    this.#matrix = matrix
  }

  async create(owner: Principal, origin: Origin, name: string) {
    const id = await this.#database.transaction(async (unit) => {
      const organization = await createOrganization(unit, { name, owner: owner.account.id })
      const actor = { kind: 'account' as const, id: owner.account.id, name: owner.account.name }
      unit.audit(scopeFor(organization, actor, origin), {
        action: 'organization.create',
        subject: `organization/${organization}`,
        after: { name },
      })
      return organization
    })
    this.#authority.changed()
    const memberships = await identityRepository.memberships(this.#database.query, owner.account.id)
    const created = memberships.find((membership) => membership.id === id)
    if (created === undefined) throw notFound('organization')
    return created
  }

  async get(scope: Scope) {
    const organization = await repository.get(this.#database.query, scope)
    if (organization === undefined) throw notFound('organization')
    return organization
  }

  async rename(scope: Scope, name: string, check: (revision: number) => void) {
    const before = await this.get(scope)
    check(before.revision)
    await this.#database.transaction(async (unit) => {
      await repository.rename(unit.query, scope, name)
      unit.audit(scope, {
        action: 'organization.update',
        subject: `organization/${scope.organization}`,
        before: { name: before.name },
        after: { name },
      })
    })
    this.#authority.changed()
    return this.get(scope)
  }

  members(scope: Scope, page: { cursor?: string; limit: number }) {
    return repository.members(this.#database.query, scope, page)
  }

  /** @throws when the actor's own rank is too low, or no owner would be left. */
  async setRole(scope: Scope, actor: Principal, account: string, role: RoleName): Promise<void> {
    await this.#changeMember(scope, actor, account, role, async (unit, before) => {
      await repository.setRole(unit.query, scope, account, role)
      unit.audit(scope, {
        action: 'member.update',
        subject: `account/${account}`,
        before: { role: before },
        after: { role },
      })
    })
  }

  async removeMember(scope: Scope, actor: Principal, account: string): Promise<void> {
    await this.#changeMember(scope, actor, account, undefined, async (unit, before) => {
      await repository.removeMember(unit.query, scope, account)
      unit.audit(scope, { action: 'member.remove', subject: `account/${account}`, before: { role: before } })
    })
  }

  async #changeMember(
    scope: Scope,
    actor: Principal,
    account: string,
    next: RoleName | undefined,
    change: (unit: UnitOfWork, before: RoleName) => Promise<void>,
  ): Promise<void> {
    await this.#database.transaction(async (unit) => {
      const roles = await repository.lockedRoles(unit.query, scope)
      const before = roles.get(account)
      if (before === undefined) throw notFound('member')
      const own = roles.get(actor.account.id)
      if (own === undefined || !outranks(own, before) || (next !== undefined && !outranks(own, next))) {
        throw new DomainError('forbidden', 'rank-too-low', 'you cannot give, change or take a role above your own')
      }
      const otherOwner = [...roles].some(([id, role]) => role === 'owner' && id !== account)
      if (before === 'owner' && next !== 'owner' && !otherOwner) {
        throw new DomainError('conflict', 'last-owner', 'an organization keeps at least one owner', {
          hint: 'make somebody else an owner first',
        })
      }
      await change(unit, before)
    })
    this.#authority.changed()
  }

  /** @returns the invitation with its token, which is shown this once. */
  async invite(scope: Scope, actor: Principal, email: string, role: RoleName) {
    const token = newCredential('wfi')
    const id = newId()
    const expiresAt = new Date(Date.now() + INVITATION_DAYS * 24 * 3600_000)
    await this.#database.transaction(async (unit) => {
      const own = (await repository.lockedRoles(unit.query, scope)).get(actor.account.id)
      if (own === undefined || !outranks(own, role)) {
        throw new DomainError('forbidden', 'rank-too-low', 'you cannot give a role above your own')
      }
      await repository.invite(unit.query, scope, {
        id,
        email,
        role,
        hash: token.hash,
        createdBy: actor.account.id,
        expiresAt,
      })
      unit.audit(scope, { action: 'invitation.create', subject: `invitation/${id}`, after: { email, role } })
    })
    return { id, email, role, createdAt: new Date(), expiresAt, token: token.text }
  }

  invitations(scope: Scope, page: { cursor?: string; limit: number }) {
    return repository.invitations(this.#database.query, scope, page)
  }

  async withdrawInvitation(scope: Scope, id: string): Promise<void> {
    await this.#database.transaction(async (unit) => {
      if (!(await repository.withdrawInvitation(unit.query, scope, id))) throw notFound('invitation')
      unit.audit(scope, { action: 'invitation.withdraw', subject: `invitation/${id}` })
    })
  }

  /**
   * Joins by invitation. Somebody without an account gets one; somebody who has one must be signed in to it.
   * @param present the signed-in account, if any.
   */
  async accept(
    token: string,
    person: { readonly name?: string; readonly password?: string },
    present: Principal | undefined,
    origin: Origin,
  ): Promise<Account> {
    const passwordHash = person.password === undefined ? undefined : await hashPassword(person.password)
    const account = await this.#database.transaction(async (unit) => {
      const invitation = await repository.acceptInvitation(unit.query, credentialHash(token))
      if (invitation === undefined) {
        throw new DomainError(
          'forbidden',
          'invitation-not-valid',
          'this invitation was used, withdrawn, is over, or was never given',
        )
      }
      const known = await identityRepository.accountByEmail(unit.query, invitation.email)
      let id = known?.id
      if (known !== undefined && present?.account.id !== known.id) {
        throw new DomainError(
          'unauthenticated',
          'sign-in-to-accept',
          'sign in with the account that was invited, then accept',
        )
      }
      if (id === undefined) {
        if (passwordHash === undefined || person.name === undefined) {
          throw new DomainError('invalid', 'invalid-input', 'a new account needs a name and a password', {
            fields: [
              ...(person.name === undefined ? [{ path: '/name', message: 'is required' }] : []),
              ...(passwordHash === undefined ? [{ path: '/password', message: 'is required' }] : []),
            ],
          })
        }
        id = newId()
        await identityRepository.createAccount(unit.query, {
          id,
          email: invitation.email,
          name: person.name,
          passwordHash,
          superadmin: false,
        })
      }
      const roles = await identityRepository.memberships(unit.query, id)
      const present_role = roles.find((membership) => membership.id === invitation.organization_id)?.role
      // An old invitation must not lower somebody who has been given more since.
      if (present_role === undefined || !outranks(present_role, invitation.role)) {
        await repository.addMember(unit.query, invitation.organization_id, id, invitation.role)
      }
      const actor = { kind: 'account' as const, id, name: person.name ?? known?.name ?? invitation.email }
      unit.audit(scopeFor(invitation.organization_id, actor, origin), {
        action: 'invitation.accept',
        subject: `account/${id}`,
        after: { role: invitation.role },
      })
      return identityRepository.accountById(unit.query, id)
    })
    if (account === undefined) throw notFound('account')
    this.#authority.changed()
    return account
  }

  /** @returns the token's row and its text, which is shown this once. */
  async createToken(
    scope: Scope,
    owner: Principal,
    given: { name: string; permissions?: readonly string[]; expiresInDays?: number },
  ) {
    const { permissions: own } = await this.#authority.organizationOf(owner, scope.organization)
    const beyond = (given.permissions ?? []).filter((permission) => !own.has(permission))
    if (beyond.length > 0) {
      throw new DomainError('invalid', 'invalid-input', 'a token cannot have more permissions than you', {
        fields: beyond.map((permission) => ({
          path: `/permissions/${given.permissions?.indexOf(permission) ?? 0}`,
          message: this.#matrix.knows(permission)
            ? `you do not have "${permission}" yourself`
            : `"${permission}" is not a permission`,
        })),
      })
    }
    const credential = newCredential('wf')
    const id = newId()
    // A token made with a limited token is at most as wide as that.
    const permissions = given.permissions ?? owner.limits?.permissions
    const expiresAt =
      given.expiresInDays === undefined ? undefined : new Date(Date.now() + given.expiresInDays * 24 * 3600_000)
    const row = await this.#database.transaction(async (unit) => {
      await repository.createToken(unit.query, scope, {
        id,
        account: owner.account.id,
        name: given.name,
        hash: credential.hash,
        permissions,
        expiresAt,
      })
      unit.audit(scope, { action: 'token.create', subject: `token/${id}`, after: { name: given.name, permissions } })
      return repository.token(unit.query, scope, id)
    })
    if (row === undefined) throw notFound('token')
    return { row, text: credential.text }
  }

  /** One's own tokens, and everybody's for those who manage members. */
  async tokens(scope: Scope, principal: Principal, page: { cursor?: string; limit: number }) {
    const { permissions } = await this.#authority.organizationOf(principal, scope.organization)
    const account = permissions.has('member:manage') ? undefined : principal.account.id
    return repository.tokens(this.#database.query, scope, account, page)
  }

  async revokeToken(scope: Scope, principal: Principal, id: string): Promise<void> {
    const { permissions } = await this.#authority.organizationOf(principal, scope.organization)
    await this.#database.transaction(async (unit) => {
      const token = await repository.token(unit.query, scope, id)
      if (token === undefined || (token.account_id !== principal.account.id && !permissions.has('member:manage')))
        throw notFound('token')
      await repository.revokeToken(unit.query, scope, id)
      unit.audit(scope, { action: 'token.revoke', subject: `token/${id}`, before: { name: token.name } })
    })
    this.#authority.changed()
  }
}
