import { networkHash, type Project, serviceHash, volumeHash, withApiSocket } from '@windflow/compose'
import { type Desired, EngineError } from '@windflow/engine'
import type { Scope } from '../../db/scope.ts'
import { DomainError } from '../../kernel/errors.ts'
import type { Points } from '../../kernel/points.ts'
import { Redactor } from '../../secrets/redactor.ts'
import { fillPlaceholders, type ParsedReference, parseReference, placeholder } from '../../secrets/reference.ts'
import { readModel } from '../../stacks/check.ts'
import type { StackVersion } from '../../stacks/repository.ts'
import type { DeploymentRow, Release } from '../repository.ts'

/** A release before it has a number: the model with placeholders, and which secret versions they stand for. */
export type Draft = Pick<Release, 'stack_version' | 'model' | 'secrets' | 'environment'>

/** What an operation works with: secrets filled in, and what takes them out of everything that is stored. */
export interface Resolved {
  readonly desired: Desired
  readonly redactor: Redactor
}

/** The model of a deployment as it is asked for now, its secret references pinned to their newest versions. */
export async function draftRelease(
  points: Points,
  scope: Scope,
  deployment: DeploymentRow,
  version: StackVersion,
  folder: string,
): Promise<Draft> {
  const secrets: Required<ParsedReference>[] = []
  const variables: Record<string, string> = {}
  for (const { name, default: fallback } of version.variables) {
    const value = deployment.variables[name] ?? fallback
    if (value === undefined) continue
    const reference = parseReference(value)
    if (reference === undefined) {
      variables[name] = value
      continue
    }
    const pinned = { ...reference, version: await pin(points, scope, reference) }
    variables[name] = placeholder(pinned)
    if (!secrets.some((known) => placeholder(known) === variables[name])) secrets.push(pinned)
  }
  const { model, diagnostics } = readModel(version.files, version.entry, {
    project: deployment.project,
    variables,
    profiles: deployment.options.profiles,
    folder,
  })
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (model === undefined || errors.length > 0) {
    const lines = errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
    throw new EngineError('invalid-stack', lines[0] ?? 'the Compose files make no model', {
      class: 'user',
      hint: 'correct the stack or the values of the deployment',
      lines,
    })
  }
  const named = [...Object.values(model.configs ?? {}), ...Object.values(model.secrets ?? {})].flatMap(
    ({ environment }) => {
      const value = environment === undefined ? undefined : variables[environment]
      return environment === undefined || value === undefined ? [] : [[environment, value] as const]
    },
  )
  return { stack_version: version.number, model, secrets, environment: Object.fromEntries(named) }
}

/** Fills the secrets of a release in, for the time of one operation. */
export async function resolveRelease(
  points: Points,
  scope: Scope,
  deployment: DeploymentRow,
  release: Draft & { readonly number: number },
  context: { readonly operation: string; readonly folder: string; readonly entry: readonly string[] },
): Promise<Resolved> {
  const values = new Map<string, string>()
  for (const reference of release.secrets) {
    const { provider, name, version } = reference
    const { value } = await providerOf(points, provider).resolve({ organization: scope.organization, name, version })
    values.set(placeholder(reference), value)
  }
  // Stored by `draftRelease`, which made it from a Project.
  const model = fillPlaceholders(release.model as Project, values)
  return {
    desired: {
      project: deployment.project,
      model,
      hashes: hashesOf(model),
      deployment: deployment.id,
      release: release.number,
      operation: context.operation,
      source: {
        workingDirectory: context.folder,
        configFiles: context.entry.map((path) => `${context.folder}/${path}`),
        environmentFiles: [],
      },
      environment: fillPlaceholders(release.environment, values),
    },
    redactor: new Redactor(values.values()),
  }
}

/** Of a deployment that has never been deployed, or whose model does not matter: enough to find what belongs to it. */
export function nothingDesired(deployment: DeploymentRow, operation: string): Desired {
  return {
    project: deployment.project,
    model: { name: deployment.project, services: {} },
    hashes: { services: {}, networks: {}, volumes: {} },
    deployment: deployment.id,
    release: deployment.current_release ?? 0,
    operation,
  }
}

async function pin(points: Points, scope: Scope, reference: ParsedReference): Promise<number> {
  const { name, version } = reference
  const asked = { organization: scope.organization, name, ...(version === undefined ? {} : { version }) }
  try {
    return await providerOf(points, reference.provider).pin(asked)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw new EngineError(error.code, error.message, {
      class: 'user',
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    })
  }
}

function providerOf(points: Points, id: string) {
  const provider = points.get('secretProvider', id)
  if (provider !== undefined) return provider
  throw new EngineError('secret-provider-absent', `the secret provider "${id}" is not there`, {
    class: 'user',
    hint: 'switch its extension on, or move the secret',
  })
}

function hashesOf(model: Project): Desired['hashes'] {
  const each = <T>(
    elements: Readonly<Record<string, T>> | undefined,
    hash: (element: T) => string,
  ): Record<string, string> =>
    Object.fromEntries(Object.entries(elements ?? {}).map(([name, element]) => [name, hash(element)]))
  return {
    services: each(model.services, (service) => serviceHash(withApiSocket(service))),
    networks: each(model.networks, networkHash),
    volumes: each(model.volumes, volumeHash),
  }
}
