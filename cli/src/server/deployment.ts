import { EngineError } from '@windflow/engine'
import type { CommandContext } from '../context.ts'
import { answer } from './api.ts'
import { columns, type ServerOptions, Session } from './session.ts'

interface ChangeOptions extends ServerOptions {
  readonly set?: readonly string[]
  readonly version?: string
  readonly profile?: readonly string[]
  readonly approval?: boolean
  readonly stack?: string
  readonly target?: string
  readonly project?: string
}

export async function listDeployments(context: CommandContext, options: ServerOptions): Promise<number> {
  const session = new Session(context, options)
  const page = await answer(session.api.GET('/api/v1/deployments', { params: { query: { limit: 200 } } }))
  session.show(page, () =>
    columns(
      ['NAME', 'STATE', 'RELEASE', 'PROJECT', 'OPERATION'],
      page.items.map(({ name, state, currentRelease, project, operation }) => [
        name,
        state,
        String(currentRelease ?? '-'),
        project,
        operation ?? '',
      ]),
    ),
  )
  return 0
}

export async function showDeployment(context: CommandContext, options: ServerOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.deploymentId(name)
  const deployment = await answer(session.api.GET('/api/v1/deployments/{id}', { params: { path: { id } } }))
  session.show(deployment, () => {
    const { state, currentRelease, project, stackVersion, variables } = deployment
    const values = Object.entries(variables).map(([variable, value]) => [`  ${variable}`, value])
    const rows = [
      ['state', state],
      ['release', String(currentRelease ?? '-')],
      ['project', project],
      ['stack version', String(stackVersion)],
      ...values,
    ]
    return columns(['name', deployment.name], rows)
  })
  return 0
}

export async function createDeployment(context: CommandContext, options: ChangeOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const body = {
    name,
    stack: await session.stackId(options.stack ?? ''),
    target: await session.targetId(options.target ?? ''),
    ...(options.project === undefined ? {} : { project: options.project }),
    ...(options.version === undefined ? {} : { version: wholeNumber(options.version, '--version') }),
    ...(options.set === undefined ? {} : { variables: assignments(options.set) }),
    options: { profiles: [...(options.profile ?? [])], approval: options.approval === true, removeOrphans: true },
  }
  const deployment = await answer(session.api.POST('/api/v1/deployments', { body }))
  session.show(
    deployment,
    () => `prepared ${deployment.name}; \`windflow deploy ${deployment.name}\` puts it in place\n`,
  )
  return 0
}

export async function updateDeployment(context: CommandContext, options: ChangeOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.deploymentId(name)
  const now = await answer(session.api.GET('/api/v1/deployments/{id}', { params: { path: { id } } }))
  const body = {
    ...(options.version === undefined ? {} : { version: wholeNumber(options.version, '--version') }),
    ...(options.set === undefined ? {} : { variables: { ...now.variables, ...assignments(options.set) } }),
    options: {
      ...now.options,
      ...(options.profile === undefined ? {} : { profiles: [...options.profile] }),
      ...(options.approval === undefined ? {} : { approval: options.approval }),
    },
  }
  const deployment = await answer(session.api.PATCH('/api/v1/deployments/{id}', { params: { path: { id } }, body }))
  session.show(
    deployment,
    () => `changed ${deployment.name}; \`windflow deploy ${deployment.name}\` puts it in place\n`,
  )
  return 0
}

export async function deleteDeployment(context: CommandContext, options: ServerOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.deploymentId(name)
  await answer(session.api.DELETE('/api/v1/deployments/{id}', { params: { path: { id } } }))
  session.show({ id }, () => `deleted ${name}\n`)
  return 0
}

export async function listReleases(context: CommandContext, options: ServerOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.deploymentId(name)
  const page = await answer(
    session.api.GET('/api/v1/deployments/{id}/releases', { params: { path: { id }, query: { limit: 200 } } }),
  )
  session.show(page, () =>
    columns(
      ['', 'RELEASE', 'STACK VERSION', 'AUTHOR', 'CREATED', 'REASON'],
      page.items.map(({ current, number, stackVersion, author, createdAt, reason }) => [
        current ? '*' : '',
        String(number),
        String(stackVersion),
        author,
        createdAt,
        reason,
      ]),
    ),
  )
  return 0
}

export async function showRelease(
  context: CommandContext,
  options: ServerOptions,
  name: string,
  release: string,
): Promise<number> {
  const session = new Session(context, options)
  const id = await session.deploymentId(name)
  const number = wholeNumber(release, 'the release')
  const found = await answer(
    session.api.GET('/api/v1/deployments/{id}/releases/{number}', { params: { path: { id, number } } }),
  )
  session.show(found, () => `${JSON.stringify(found.model, null, 2)}\n`)
  return 0
}

export function wholeNumber(text: string, what: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new EngineError('cli/usage', `${what}: "${text}" is not a number`, { class: 'user' })
}

function assignments(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=')
      if (at <= 0) throw new EngineError('cli/usage', `--set ${text} is not NAME=VALUE`, { class: 'user' })
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}
