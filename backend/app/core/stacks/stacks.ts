import { type Database, violatedUnique } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { Scope } from '../db/scope.ts'
import type { UnitOfWork } from '../db/unit-of-work.ts'
import type { PageRequest } from '../http/page.ts'
import { DomainError, notFound } from '../kernel/errors.ts'
import { type CheckedStack, checkStack } from './check.ts'
import { stackRepository as repository, type StackRow, type StackVersion } from './repository.ts'
import type { DiagnosticValue, StackContentValue } from './schema.ts'

export interface StackWithVersion {
  readonly stack: StackRow
  readonly version: StackVersion
  readonly warnings: DiagnosticValue[]
}

/** Named sources of deployments. A version never changes; a change is a new version. */
export class Stacks {
  readonly #database: Database
  constructor(database: Database) {
    this.#database = database
  }

  page(scope: Scope, search: string | undefined, page: PageRequest) {
    return repository.page(this.#database.query, scope, search, page)
  }

  async get(scope: Scope, id: string): Promise<StackWithVersion> {
    const stack = await repository.byId(this.#database.query, scope, id)
    if (stack === undefined) throw notFound('stack')
    return { stack, version: await this.version(scope, id, stack.latest_version), warnings: [] }
  }

  async version(scope: Scope, id: string, number: number): Promise<StackVersion> {
    const version = await repository.version(this.#database.query, scope, id, number)
    if (version === undefined) throw notFound('stack version')
    return version
  }

  async versions(scope: Scope, id: string, page: PageRequest) {
    if ((await repository.byId(this.#database.query, scope, id)) === undefined) throw notFound('stack')
    return repository.versions(this.#database.query, scope, id, page)
  }

  async create(
    scope: Scope,
    given: { name: string; description: string } & StackContentValue,
  ): Promise<StackWithVersion> {
    const { name, description, ...content } = given
    const checked = checkStack(content)
    const id = newId()
    await named(name, () =>
      this.#database.transaction(async (unit) => {
        await repository.create(unit.query, scope, { id, name, description })
        await this.#addVersion(unit, scope, id, content, checked, '')
        unit.audit(scope, { action: 'stack.create', subject: `stack/${id}`, after: { name, digest: checked.digest } })
        unit.event(scope, { type: 'stack.created', subject: `stack/${id}`, data: { name } })
      }),
    )
    return { ...(await this.get(scope, id)), warnings: checked.warnings }
  }

  async addVersion(
    scope: Scope,
    id: string,
    given: { note: string } & StackContentValue,
    check: (revision: number) => void,
  ): Promise<StackWithVersion> {
    const { note, ...content } = given
    const checked = checkStack(content)
    await this.#database.transaction(async (unit) => {
      const stack = await repository.byId(unit.query, scope, id)
      if (stack === undefined) throw notFound('stack')
      check(stack.revision)
      const number = await this.#addVersion(unit, scope, id, content, checked, note)
      unit.audit(scope, {
        action: 'stack.version',
        subject: `stack/${id}`,
        after: { version: number, digest: checked.digest },
      })
      unit.event(scope, { type: 'stack.changed', subject: `stack/${id}`, data: { name: stack.name, version: number } })
    })
    return { ...(await this.get(scope, id)), warnings: checked.warnings }
  }

  async #addVersion(
    unit: UnitOfWork,
    scope: Scope,
    id: string,
    content: StackContentValue,
    checked: CheckedStack,
    note: string,
  ): Promise<number> {
    const number = await repository.nextVersion(unit.query, scope, id)
    if (number === undefined) throw notFound('stack')
    await repository.addVersion(unit.query, id, {
      number,
      files: content.files,
      entry: checked.entry,
      variables: content.variables,
      digest: checked.digest,
      note,
      created_by: scope.actor.kind === 'account' ? scope.actor.id : null,
    })
    return number
  }

  async update(
    scope: Scope,
    id: string,
    change: { name?: string; description?: string },
    check: (revision: number) => void,
  ): Promise<StackRow> {
    const before = await repository.byId(this.#database.query, scope, id)
    if (before === undefined) throw notFound('stack')
    check(before.revision)
    await named(change.name ?? before.name, () =>
      this.#database.transaction(async (unit) => {
        await repository.update(unit.query, scope, id, change)
        const { name, description } = before
        unit.audit(scope, {
          action: 'stack.update',
          subject: `stack/${id}`,
          before: { name, description },
          after: change,
        })
        unit.event(scope, { type: 'stack.changed', subject: `stack/${id}`, data: { name: change.name ?? name } })
      }),
    )
    return (await repository.byId(this.#database.query, scope, id)) ?? before
  }

  /** @throws `conflict` while it has deployments, destroyed ones included: they can be looked at with their releases. */
  async delete(scope: Scope, id: string): Promise<void> {
    await this.#database.transaction(async (unit) => {
      const stack = await repository.byId(unit.query, scope, id)
      if (stack === undefined) throw notFound('stack')
      if ((await repository.deployments(unit.query, scope, id)) > 0) {
        throw new DomainError('conflict', 'stack-in-use', 'there are deployments of this stack', {
          hint: 'destroy and delete them first',
        })
      }
      await repository.delete(unit.query, scope, id)
      unit.audit(scope, { action: 'stack.delete', subject: `stack/${id}`, before: { name: stack.name } })
      unit.event(scope, { type: 'stack.deleted', subject: `stack/${id}`, data: { name: stack.name } })
    })
  }
}

async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (violatedUnique(error) === undefined) throw error
    throw new DomainError('conflict', 'name-taken', `there is a stack "${name}" already`)
  }
}
