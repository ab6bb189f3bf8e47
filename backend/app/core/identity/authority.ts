import type { FastifyRequest } from 'fastify'
import type { Broker } from '../broker/broker.ts'
import type { Database } from '../db/database.ts'
import type { Authority } from '../http/guard.ts'
import { UUID } from '../http/page.ts'
import type { Principal } from '../http/types.ts'
import { DomainError } from '../kernel/errors.ts'
import type { PermissionMatrix } from './permissions.ts'
import { type Account, identityRepository, type Membership } from './repository.ts'
import { type AccessTokens, credentialHash } from './tokens.ts'

const KEPT_MS = 5000
const MAX_KEPT = 10_000
const CHANNEL = 'identity'

/** Answers remembered for seconds, and forgotten at once in every process when somebody's rights change. */
class Memory {
  readonly #entries = new Map<string, { readonly until: number; readonly value: Promise<unknown> }>()

  get<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key)
    // The key's prefix decides the type; each prefix is used by one caller below.
    if (known !== undefined && known.until > Date.now()) return known.value as Promise<T>
    if (this.#entries.size >= MAX_KEPT) this.#entries.clear()
    const value = make()
    this.#entries.set(key, { until: Date.now() + KEPT_MS, value })
    value.catch(() => this.#entries.delete(key))
    return value
  }

  clear(): void {
    this.#entries.clear()
  }
}

/** Decides who a request is from and what they may do. */
export class IdentityAuthority implements Authority {
  readonly #database: Database
  readonly #broker: Broker
  readonly #tokens: AccessTokens
  readonly #matrix: PermissionMatrix
  readonly #memory = new Memory()

  constructor(database: Database, broker: Broker, tokens: AccessTokens, matrix: PermissionMatrix) {
    this.#database = database
    this.#broker = broker
    this.#tokens = tokens
    this.#matrix = matrix
    broker.subscribe(CHANNEL, () => this.#memory.clear())
  }

  /** Tells every process that somebody's sessions, tokens, roles or state changed. */
  changed(): void {
    this.#memory.clear()
    this.#broker.publish(CHANNEL, '')
  }

  knows(permission: string): boolean {
    return this.#matrix.knows(permission)
  }

  async authenticate(request: FastifyRequest): Promise<Principal | undefined> {
    const [scheme, bearer] = request.headers.authorization?.split(' ') ?? []
    if (scheme !== undefined) {
      if (scheme.toLowerCase() !== 'bearer' || bearer === undefined) throw notValid()
      return bearer.startsWith('wf_') ? this.#byApiToken(bearer) : this.#byAccessToken(bearer)
    }
    const access = request.cookies.windflow_access
    if (access === undefined) return undefined
    refuseForeignOrigin(request)
    return this.#byAccessToken(access)
  }

  async #byAccessToken(token: string): Promise<Principal> {
    const session = await this.#tokens.verify(token)
    const principal = session === undefined ? undefined : await this.#session(session)
    if (principal === undefined) throw notValid()
    return principal
  }

  async #byApiToken(text: string): Promise<Principal> {
    const hash = credentialHash(text)
    const principal = await this.#memory.get(`hash:${hash.toString('hex')}`, async () => {
      const found = toPrincipal(await identityRepository.apiToken(this.#database.query, { hash }))
      if (found !== undefined) await identityRepository.touchApiToken(this.#database.query, found.id)
      return found
    })
    if (principal === undefined) throw notValid()
    return principal
  }

  #session(id: string): Promise<Principal | undefined> {
    return this.#memory.get(`session:${id}`, async () => {
      const account = await identityRepository.liveSession(this.#database.query, id)
      return account === undefined || account.disabled
        ? undefined
        : { kind: 'session' as const, id, account: shown(account) }
    })
  }

  async organizationOf(
    principal: Principal,
    named: string | undefined,
  ): Promise<{ readonly id: string; readonly permissions: ReadonlySet<string> }> {
    const memberships = await this.#memberships(principal.account.id)
    const wanted = principal.limits?.organization ?? named
    const membership =
      wanted === undefined ? only(memberships) : memberships.find(({ id, slug }) => id === wanted || slug === wanted)
    const elsewhere =
      principal.limits !== undefined && named !== undefined && membership?.id !== named && membership?.slug !== named
    if (membership === undefined || elsewhere) {
      throw new DomainError('forbidden', 'not-a-member', 'you do not belong to this organization', {
        hint: 'name one of yours in the header WindFlow-Organization; GET /api/v1/me lists them',
      })
    }
    const allowed = this.#matrix.of(membership.role)
    const limit = principal.limits?.permissions
    return {
      id: membership.id,
      permissions: limit === undefined ? allowed : new Set(limit.filter((name) => allowed.has(name))),
    }
  }

  /** Whether a principal that opened a stream may still have it: asked again before each delivery. */
  async still(principal: Principal, organization: string, permission: string): Promise<boolean> {
    const now =
      principal.kind === 'session'
        ? await this.#session(principal.id)
        : await this.#memory.get(`token:${principal.id}`, async () =>
            toPrincipal(await identityRepository.apiToken(this.#database.query, { id: principal.id })),
          )
    if (now === undefined) return false
    try {
      return (await this.organizationOf(now, organization)).permissions.has(permission)
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'forbidden') return false
      throw error
    }
  }

  #memberships(account: string): Promise<readonly Membership[]> {
    if (!UUID.test(account)) return Promise.resolve([])
    return this.#memory.get(`account:${account}`, () => identityRepository.memberships(this.#database.query, account))
  }
}

function only(memberships: readonly Membership[]): Membership | undefined {
  if (memberships.length <= 1) return memberships[0]
  throw new DomainError(
    'invalid',
    'organization-required',
    'you belong to several organizations: say which one is meant',
    {
      hint: 'send its id or slug in the header WindFlow-Organization',
    },
  )
}

function shown({ id, name, email, superadmin }: Account): Principal['account'] {
  return { id, name, email, superadmin }
}

function toPrincipal(token: Awaited<ReturnType<typeof identityRepository.apiToken>>): Principal | undefined {
  if (token === undefined || token.account.disabled) return undefined
  const { id, organization, permissions } = token
  return {
    kind: 'token',
    id,
    account: shown(token.account),
    limits: { organization, ...(permissions === undefined ? {} : { permissions }) },
  }
}

function notValid(): DomainError {
  return new DomainError('unauthenticated', 'credential-not-valid', 'the session or token is not valid (any more)', {
    hint: 'sign in again, or refresh the session',
  })
}

/** A browser says where a request comes from; a cookie is only taken from our own pages (beside SameSite=Strict). */
function refuseForeignOrigin(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site']
  const { origin } = request.headers
  const foreign = origin !== undefined && URL.parse(origin)?.host !== request.host
  if (foreign || site === 'cross-site' || site === 'same-site') {
    throw new DomainError('forbidden', 'foreign-origin', 'this request comes from another site')
  }
}
