import { type Database, violatedUnique } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { type Scope, systemScope } from '../db/scope.ts'
import type { UnitOfWork } from '../db/unit-of-work.ts'
import type { PageRequest } from '../http/page.ts'
import { DomainError, notFound } from '../kernel/errors.ts'
import type { ResolvedSecret, SecretProvider, SecretReference } from '../kernel/points.ts'
import type { Keyring } from './keyring.ts'
import { secretRepository as repository } from './repository.ts'

const RESEAL_BATCH = 200

/** Secrets kept in WindFlow's own database, sealed. Values go in and to running deployments, never out to a person. */
export class Secrets implements SecretProvider {
  readonly #database: Database
  readonly #keyring: Keyring

  constructor(database: Database, keyring: Keyring) {
    this.#database = database
    this.#keyring = keyring
  }

  page(scope: Scope, page: PageRequest) {
    return repository.page(this.#database.query, scope, page)
  }

  async get(scope: Scope, id: string) {
    const secret = await repository.byId(this.#database.query, scope, id)
    if (secret === undefined) throw notFound('secret')
    const usedBy = await repository.users(this.#database.query, scope, secret.name)
    return { ...secret, usedBy }
  }

  async create(scope: Scope, given: { name: string; description: string; value: string }) {
    const id = newId()
    try {
      await this.#database.transaction(async (unit) => {
        await repository.create(unit.query, scope, { id, name: given.name, description: given.description })
        await this.#addVersion(unit, scope, id, given.value)
        unit.audit(scope, { action: 'secret.create', subject: `secret/${id}`, after: { name: given.name } })
        unit.event(scope, { type: 'secret.created', subject: `secret/${id}`, data: { name: given.name } })
      })
    } catch (error) {
      if (violatedUnique(error) === undefined) throw error
      throw new DomainError('conflict', 'name-taken', `there is a secret "${given.name}" already`, {
        hint: 'add a version to it instead',
      })
    }
    return this.get(scope, id)
  }

  /** A new value under the same name. Deployments take it with their next release. */
  async addVersion(scope: Scope, id: string, value: string, check: (revision: number) => void) {
    await this.#database.transaction(async (unit) => {
      const secret = await repository.byId(unit.query, scope, id)
      if (secret === undefined) throw notFound('secret')
      check(secret.revision)
      const version = await this.#addVersion(unit, scope, id, value)
      unit.audit(scope, { action: 'secret.version', subject: `secret/${id}`, after: { name: secret.name, version } })
      unit.event(scope, { type: 'secret.changed', subject: `secret/${id}`, data: { name: secret.name, version } })
    })
    return this.get(scope, id)
  }

  /** @throws `conflict` while a deployment refers to it. */
  async delete(scope: Scope, id: string): Promise<void> {
    const secret = await this.get(scope, id)
    if (secret.usedBy.length > 0) {
      const names = secret.usedBy.map(({ name }) => name).join(', ')
      throw new DomainError('conflict', 'secret-in-use', `the secret is used by: ${names}`, {
        hint: 'change their variables first',
      })
    }
    await this.#database.transaction(async (unit) => {
      await repository.delete(unit.query, scope, id)
      unit.audit(scope, { action: 'secret.delete', subject: `secret/${id}`, before: { name: secret.name } })
      unit.event(scope, { type: 'secret.deleted', subject: `secret/${id}`, data: { name: secret.name } })
    })
  }

  async #addVersion(unit: UnitOfWork, scope: Scope, id: string, value: string): Promise<number> {
    const number = await repository.nextVersion(unit.query, scope, id)
    if (number === undefined) throw notFound('secret')
    const createdBy = scope.actor.kind === 'account' ? scope.actor.id : null
    await repository.addVersion(unit.query, {
      secret: id,
      number,
      sealed: this.#keyring.seal(value, contextOf(id, number)),
      createdBy,
    })
    return number
  }

  async pin(reference: SecretReference): Promise<number> {
    return (await this.#find(reference)).number
  }

  async resolve(reference: SecretReference): Promise<ResolvedSecret> {
    const { id, number, sealed } = await this.#find(reference)
    return { version: number, value: this.#keyring.open(sealed, contextOf(id, number)) }
  }

  async #find({ organization, name, version }: SecretReference) {
    const scope = systemScope(organization, 'secrets')
    const found = await repository.version(this.#database.query, scope, name, version)
    if (found !== undefined) return found
    const which = version === undefined ? `"${name}"` : `"${name}" with version ${version}`
    throw new DomainError('not-found', 'secret-not-found', `there is no secret ${which}`, {
      hint: 'create it, or correct the reference',
    })
  }

  /** Wraps every value under the current key again, in small steps, while everything runs. @returns how many there were. */
  async reseal(): Promise<number> {
    for (let done = 0; ; ) {
      const rows = await repository.sealedUnderOther(this.#database.query, this.#keyring.current, RESEAL_BATCH)
      if (rows.length === 0) return done
      for (const { secret_id, number, sealed } of rows) {
        const next = this.#keyring.rewrap(sealed, contextOf(secret_id, number))
        if (next !== undefined) await repository.reseal(this.#database.query, secret_id, number, next)
        done += 1
      }
    }
  }
}

function contextOf(secret: string, version: number): string {
  return `secret/${secret}/${version}`
}
