import { Value } from 'typebox/value'
import { type Database, violatedUnique } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { Scope } from '../db/scope.ts'
import type { UnitOfWork } from '../db/unit-of-work.ts'
import type { PageRequest } from '../http/page.ts'
import type { Principal } from '../http/types.ts'
import { DomainError, notFound } from '../kernel/errors.ts'
import type { TargetConnection } from '../kernel/points.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { targetRepository as repository, type TargetRow } from './repository.ts'
import {
  type ConnectionValue,
  type NewTargetValue,
  SshCredentials,
  type TargetUpdateValue,
  TlsCredentials,
} from './schema.ts'

/** The engine next to the server, for the organization that is made at set-up. It is tried when a worker runs. */
export async function addLocalTarget(unit: UnitOfWork, scope: Scope): Promise<void> {
  await repository.create(unit.query, scope, {
    id: newId(),
    name: 'local',
    kind: 'docker',
    connection: { endpoint: 'local' },
    credentials: null,
    concurrency: 4,
  })
}

/** Where things run, and how to get there. */
export class Targets {
  readonly #database: Database
  readonly #keyring: Keyring

  constructor(database: Database, keyring: Keyring) {
    this.#database = database
    this.#keyring = keyring
  }

  page(scope: Scope, page: PageRequest) {
    return repository.page(this.#database.query, scope, page)
  }

  async get(scope: Scope, id: string): Promise<TargetRow> {
    const target = await repository.byId(this.#database.query, scope, id)
    if (target === undefined) throw notFound('target')
    return target
  }

  async create(scope: Scope, principal: Principal, given: NewTargetValue): Promise<TargetRow> {
    const { credentials, ...rest } = given
    allowLocal(principal, given.connection)
    fitting(given.connection, credentials)
    const id = newId()
    await named(given.name, () =>
      this.#database.transaction(async (unit) => {
        await repository.create(unit.query, scope, { id, ...rest, credentials: this.#seal(id, credentials) })
        unit.audit(scope, { action: 'target.create', subject: `target/${id}`, after: rest })
        unit.event(scope, { type: 'target.created', subject: `target/${id}`, data: { name: given.name } })
      }),
    )
    return this.get(scope, id)
  }

  async update(
    scope: Scope,
    principal: Principal,
    id: string,
    change: TargetUpdateValue,
    check: (revision: number) => void,
  ): Promise<TargetRow> {
    const before = await this.get(scope, id)
    check(before.revision)
    const { credentials, ...rest } = change
    if (change.connection !== undefined) allowLocal(principal, change.connection)
    // Credentials belong to an address: another one must not be sent what was meant for this one.
    if (change.connection !== undefined || credentials !== undefined) {
      const connection = change.connection ?? connectionOf(before)
      const kept =
        change.connection === undefined || JSON.stringify(change.connection) === JSON.stringify(before.connection)
      if (credentials !== undefined || !kept) fitting(connection, credentials)
    }
    const sealed =
      credentials === undefined ? (change.connection === undefined ? undefined : null) : this.#seal(id, credentials)
    await named(change.name ?? before.name, () =>
      this.#database.transaction(async (unit) => {
        await repository.update(unit.query, scope, id, {
          ...rest,
          ...(sealed === undefined ? {} : { credentials: sealed }),
        })
        const { name, connection, concurrency } = before
        unit.audit(scope, {
          action: 'target.update',
          subject: `target/${id}`,
          before: { name, connection, concurrency },
          after: rest,
        })
        unit.event(scope, { type: 'target.changed', subject: `target/${id}`, data: { name: change.name ?? name } })
      }),
    )
    return this.get(scope, id)
  }

  /** @throws `conflict` while deployments are on it, destroyed ones included: their history needs it. */
  async delete(scope: Scope, id: string): Promise<void> {
    const target = await this.get(scope, id)
    if ((await repository.deploymentsOn(this.#database.query, scope, id)) > 0) {
      throw new DomainError('conflict', 'target-in-use', 'there are deployments on this target', {
        hint: 'destroy and delete them first',
      })
    }
    await this.#database.transaction(async (unit) => {
      await repository.delete(unit.query, scope, id)
      unit.audit(scope, { action: 'target.delete', subject: `target/${id}`, before: { name: target.name } })
      unit.event(scope, { type: 'target.deleted', subject: `target/${id}`, data: { name: target.name } })
    })
  }

  /** How to reach it, with the credentials in clear: for a worker, in memory. */
  async connection(scope: Scope, id: string): Promise<TargetConnection> {
    const target = await this.get(scope, id)
    const registries = await repository.registries(this.#database.query, scope)
    return {
      id,
      name: target.name,
      connection: target.connection,
      credentials: target.credentials === null ? {} : this.#open(id, target.credentials),
      registries: registries.map(({ id: registry, host, username, password }) => ({
        host,
        username,
        password: this.#keyring.open(password, `registry/${registry}`),
      })),
    }
  }

  #seal(id: string, credentials: object | undefined): string | null {
    return credentials === undefined ? null : this.#keyring.seal(JSON.stringify(credentials), `target/${id}`)
  }

  #open(id: string, sealed: string): Record<string, string> {
    const value: unknown = JSON.parse(this.#keyring.open(sealed, `target/${id}`))
    return Object.fromEntries(Object.entries(value ?? {}).map(([name, text]) => [name, String(text)]))
  }

  registries(scope: Scope) {
    return repository.registries(this.#database.query, scope)
  }

  async putRegistry(scope: Scope, given: { host: string; username: string; password: string }) {
    const known = (await this.registries(scope)).find(({ host }) => host === given.host)
    const id = known?.id ?? newId()
    const password = this.#keyring.seal(given.password, `registry/${id}`)
    return this.#database.transaction(async (unit) => {
      const row = await repository.putRegistry(unit.query, scope, { ...given, id, password })
      unit.audit(scope, {
        action: 'registry.put',
        subject: `registry/${id}`,
        after: { host: given.host, username: given.username },
      })
      return row
    })
  }

  async deleteRegistry(scope: Scope, id: string): Promise<void> {
    await this.#database.transaction(async (unit) => {
      const deleted = await repository.deleteRegistry(unit.query, scope, id)
      if (deleted === undefined) throw notFound('registry')
      unit.audit(scope, { action: 'registry.delete', subject: `registry/${id}`, before: { host: deleted.host } })
    })
  }
}

/** Whoever has the engine of the server's own machine has the machine: that is for those who run the installation. */
function allowLocal(principal: Principal, connection: ConnectionValue): void {
  if (connection.endpoint !== 'local' || (principal.account.superadmin && principal.limits === undefined)) return
  throw new DomainError(
    'forbidden',
    'local-engine-reserved',
    "only a superadmin may add the engine of the server's own machine",
  )
}

function fitting(connection: ConnectionValue, credentials: object | undefined): void {
  const schema = { local: undefined, tls: TlsCredentials, ssh: SshCredentials }[connection.endpoint]
  const right = schema === undefined ? credentials === undefined : Value.Check(schema, credentials)
  if (right) return
  const needed = { local: 'takes no credentials', tls: 'needs ca, cert and key', ssh: 'needs privateKey' }[
    connection.endpoint
  ]
  throw new DomainError('invalid', 'invalid-input', 'the credentials do not fit the connection', {
    fields: [{ path: '/credentials', message: `the endpoint "${connection.endpoint}" ${needed}` }],
  })
}

function connectionOf(target: TargetRow): ConnectionValue {
  // Written by `create` and `update` alone, which take nothing else.
  return target.connection as ConnectionValue
}

async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (violatedUnique(error) === undefined) throw error
    throw new DomainError('conflict', 'name-taken', `there is a target "${name}" already`)
  }
}
