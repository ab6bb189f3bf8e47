import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { type Origin, scopeFor } from '../db/scope.ts'
import { DomainError } from '../kernel/errors.ts'
import { createOrganization } from '../organizations/organizations.ts'
import { addLocalTarget } from '../targets/targets.ts'
import { hashPassword } from './password.ts'
import { type Account, identityRepository } from './repository.ts'
import { credentialHash, newCredential } from './tokens.ts'

const LINK_HOURS = 24
const SETUP_LOCK = 0x77666164

interface FirstAdmin {
  readonly email: string
  readonly name: string
  readonly password: string
  readonly organization: string
}

const LOCAL: Origin = { address: 'local', requestId: '' }

/**
 * Makes sure somebody can sign in: the configured administrator, or whoever has the one-use link that is printed.
 * @returns the token of a new set-up link when one is needed, else `undefined`.
 */
export async function ensureFirstAdmin(
  database: Database,
  configured: { readonly email: string; readonly password: string } | undefined,
): Promise<string | undefined> {
  if (await identityRepository.anyAccount(database.query)) return undefined
  if (configured !== undefined) {
    const name = configured.email.split('@')[0] ?? configured.email
    await createFirstAdmin(database, { ...configured, name, organization: 'Main' }, LOCAL, async () => true)
    return undefined
  }
  const link = newCredential('wfs')
  await identityRepository.addSetupLink(database.query, link.hash, new Date(Date.now() + LINK_HOURS * 3600_000))
  return link.text
}

/** @throws when the link was used, is over, or somebody has set the installation up already. */
export async function setUpByLink(
  database: Database,
  token: string,
  admin: FirstAdmin,
  origin: Origin,
): Promise<Account> {
  const account = await createFirstAdmin(database, admin, origin, (query) =>
    identityRepository.useSetupLink(query, credentialHash(token)),
  )
  if (account === undefined) {
    throw new DomainError(
      'forbidden',
      'set-up-link-not-valid',
      'this set-up link was used, is over, or was never given',
      {
        hint: 'start the server again to get a new one, as long as nobody has used one',
      },
    )
  }
  return account
}

async function createFirstAdmin(
  database: Database,
  admin: FirstAdmin,
  origin: Origin,
  allowed: (query: Parameters<typeof identityRepository.useSetupLink>[0]) => Promise<boolean>,
): Promise<Account | undefined> {
  const passwordHash = await hashPassword(admin.password)
  return database.transaction(async (unit) => {
    // Ten replicas that start at once make one administrator.
    await sql`select pg_advisory_xact_lock(${SETUP_LOCK})`.execute(unit.query)
    if (await identityRepository.anyAccount(unit.query)) return undefined
    if (!(await allowed(unit.query))) return undefined
    const id = newId()
    await identityRepository.createAccount(unit.query, {
      id,
      email: admin.email,
      name: admin.name,
      passwordHash,
      superadmin: true,
    })
    const actor = { kind: 'account' as const, id, name: admin.name }
    const organization = await createOrganization(unit, { name: admin.organization, owner: id })
    const scope = scopeFor(organization, actor, origin)
    await addLocalTarget(unit, scope)
    unit.audit(scope, { action: 'installation.set-up', subject: `account/${id}` })
    return identityRepository.accountById(unit.query, id)
  })
}
