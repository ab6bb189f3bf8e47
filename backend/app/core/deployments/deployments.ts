import { type Database, violatedUnique } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { Scope } from '../db/scope.ts'
import type { UnitOfWork } from '../db/unit-of-work.ts'
import type { PageRequest } from '../http/page.ts'
import { DomainError, notFound } from '../kernel/errors.ts'
import type { Points } from '../kernel/points.ts'
import { looksLikeReference, parseReference } from '../secrets/reference.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { readModel } from '../stacks/check.ts'
import type { StackVersion } from '../stacks/repository.ts'
import type { Stacks } from '../stacks/stacks.ts'
import { exampleValues, generated, valueProblems } from '../stacks/variables.ts'
import type { Targets } from '../targets/targets.ts'
import { type DeploymentRow, deploymentRepository as repository } from './repository.ts'
import type { DeploymentOptionsValue, DeploymentUpdateValue, NewDeploymentValue } from './schema.ts'

const DEFAULT_OPTIONS: DeploymentOptionsValue = { profiles: [], approval: false, removeOrphans: true }

export interface DeploymentParts {
  readonly database: Database
  readonly stacks: Stacks
  readonly targets: Targets
  readonly secrets: Secrets
  readonly points: Points
}

/** Stacks meant to run on a target, with values for their variables. Changing one changes nothing that runs: deploying does. */
export class Deployments {
  readonly #parts: DeploymentParts
  constructor(parts: DeploymentParts) {
    this.#parts = parts
  }

  page(scope: Scope, filter: { stack?: string; target?: string; search?: string }, page: PageRequest) {
    return repository.page(this.#parts.database.query, scope, filter, page)
  }

  async get(scope: Scope, id: string): Promise<DeploymentRow> {
    const deployment = await repository.byId(this.#parts.database.query, scope, id)
    if (deployment === undefined) throw notFound('deployment')
    return deployment
  }

  async create(scope: Scope, given: NewDeploymentValue): Promise<DeploymentRow> {
    const { stacks, targets, database, secrets } = this.#parts
    const { stack } = await stacks.get(scope, given.stack)
    const version = await stacks.version(scope, given.stack, given.version ?? stack.latest_version)
    const target = await targets.get(scope, given.target)
    const options = given.options ?? DEFAULT_OPTIONS
    const project = given.project ?? given.name
    const id = newId()
    const asked = given.variables ?? {}
    const missing = version.variables.filter(
      ({ generate, name }) => generate !== undefined && asked[name] === undefined,
    )
    const made: Record<string, string> = {}
    const passwords: { name: string; value: string }[] = []
    for (const { name, generate } of missing) {
      if (generate === 'port') made[name] = generated('port')
      if (generate === 'password') {
        const secret = `${given.name}-${name.toLowerCase().replaceAll('_', '-')}-${id.slice(-6)}`
        passwords.push({ name: secret, value: generated('password') })
        made[name] = `secret://${secret}`
      }
    }
    const variables = { ...asked, ...made }
    await this.#checkValues(scope, version, asked, { project, options, generated: made })
    for (const { name, value } of passwords) {
      await secrets.create(scope, { name, description: `Made for the deployment ${given.name}`, value })
    }
    await named(given, () =>
      database.transaction(async (unit) => {
        await repository.create(unit.query, scope, {
          id,
          name: given.name,
          project,
          target_id: target.id,
          stack_id: stack.id,
          stack_version: version.number,
          variables,
          options,
        })
        unit.audit(scope, {
          action: 'deployment.create',
          subject: `deployment/${id}`,
          after: {
            name: given.name,
            stack: stack.name,
            version: version.number,
            target: target.name,
            variables,
            options,
          },
        })
        unit.event(scope, { type: 'deployment.created', subject: `deployment/${id}`, data: { name: given.name } })
      }),
    )
    return this.get(scope, id)
  }

  async update(
    scope: Scope,
    id: string,
    change: DeploymentUpdateValue,
    check: (revision: number) => void,
  ): Promise<DeploymentRow> {
    const before = await this.get(scope, id)
    refuseDestroyed(before)
    check(before.revision)
    const version = await this.#parts.stacks.version(scope, before.stack_id, change.version ?? before.stack_version)
    const variables = change.variables ?? before.variables
    const options = change.options ?? before.options
    await this.#checkValues(scope, version, variables, { project: before.project, options, generated: {} })
    await this.#parts.database.transaction(async (unit) => {
      await repository.update(unit.query, scope, id, { stack_version: version.number, variables, options })
      unit.audit(scope, {
        action: 'deployment.update',
        subject: `deployment/${id}`,
        before: { version: before.stack_version, variables: before.variables, options: before.options },
        after: { version: version.number, variables, options },
      })
      this.#changed(unit, scope, before)
    })
    return this.get(scope, id)
  }

  /** Removes a destroyed deployment, or one that was never deployed, with its history. */
  async delete(scope: Scope, id: string): Promise<void> {
    await this.#parts.database.transaction(async (unit) => {
      const deployment = await repository.locked(unit.query, scope, id)
      if (deployment === undefined) throw notFound('deployment')
      if (deployment.operation !== null || !['new', 'destroyed'].includes(deployment.state)) {
        throw new DomainError('conflict', 'still-deployed', 'the deployment is still on its target', {
          hint: 'destroy it first',
        })
      }
      await repository.delete(unit.query, scope, id)
      unit.audit(scope, { action: 'deployment.delete', subject: `deployment/${id}`, before: { name: deployment.name } })
      unit.event(scope, { type: 'deployment.deleted', subject: `deployment/${id}`, data: { name: deployment.name } })
    })
  }

  async releases(scope: Scope, id: string, page: PageRequest) {
    const deployment = await this.get(scope, id)
    return { deployment, rows: await repository.releases(this.#parts.database.query, scope, id, page) }
  }

  async release(scope: Scope, id: string, number: number) {
    const deployment = await this.get(scope, id)
    const release = await repository.release(this.#parts.database.query, scope, id, number)
    if (release === undefined) throw notFound('release')
    return { deployment, release }
  }

  #changed(unit: UnitOfWork, scope: Scope, { id, name }: DeploymentRow): void {
    unit.event(scope, { type: 'deployment.changed', subject: `deployment/${id}`, data: { name } })
  }

  /** @throws with every wrong value, unknown secret and error of the Compose files with these values. */
  async #checkValues(
    scope: Scope,
    version: StackVersion,
    values: Readonly<Record<string, string>>,
    context: { project: string; options: DeploymentOptionsValue; generated: Readonly<Record<string, string>> },
  ): Promise<void> {
    const fields = [...valueProblems(version.variables, { ...values, ...context.generated })]
    for (const [name, value] of Object.entries(values)) {
      const reference = looksLikeReference(value) ? parseReference(value) : undefined
      if (reference === undefined) continue
      const provider = this.#parts.points.get('secretProvider', reference.provider)
      const problem =
        provider === undefined
          ? `there is no secret provider "${reference.provider}"`
          : await provider.pin({ organization: scope.organization, ...reference }).then(
              () => undefined,
              (error: unknown) =>
                error instanceof DomainError ? error.message : 'the secret cannot be found at the moment',
            )
      if (problem !== undefined) fields.push({ path: `/variables/${name}`, message: problem })
    }
    if (fields.length > 0) {
      throw new DomainError('invalid', 'invalid-input', 'the variables are not valid', {
        fields,
        extra: { in: 'body' },
      })
    }
    const plain = Object.entries(values).filter(([, value]) => !looksLikeReference(value))
    const { diagnostics } = readModel(version.files, version.entry, {
      project: context.project,
      variables: { ...exampleValues(version.variables), ...Object.fromEntries(plain) },
      profiles: context.options.profiles,
    })
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    if (errors.length === 0) return
    throw new DomainError('invalid', 'invalid-stack', 'the Compose files are not valid with these values', {
      fields: errors.map(({ file, line, column, message }) => ({
        path: '/variables',
        message: `${file}:${line}:${column}: ${message}`,
      })),
      extra: { in: 'body', diagnostics },
    })
  }
}

export function refuseDestroyed(deployment: DeploymentRow): void {
  if (deployment.state !== 'destroyed') return
  throw new DomainError('conflict', 'destroyed', 'the deployment was destroyed', {
    hint: 'make a new one of the same stack',
  })
}

async function named<T>(given: NewDeploymentValue, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const constraint = violatedUnique(error)
    if (constraint === undefined) throw error
    if (constraint === 'deployment_project') {
      throw new DomainError(
        'conflict',
        'project-taken',
        `the project "${given.project ?? given.name}" belongs to another deployment on this target`,
        {
          hint: 'give it another project name',
        },
      )
    }
    throw new DomainError('conflict', 'name-taken', `there is a deployment "${given.name}" already`)
  }
}
