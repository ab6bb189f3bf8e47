import { EngineError } from '@windflow/engine'
import type { CommandContext } from '../context.ts'
import { answer } from './api.ts'
import { columns, type ServerOptions, Session } from './session.ts'
import { afterRequest, watchOperation } from './watch-operation.ts'

interface ListOptions extends ServerOptions {
  readonly deployment?: string
  readonly live?: boolean
}

export async function listOperations(context: CommandContext, options: ListOptions): Promise<number> {
  const session = new Session(context, options)
  const query = {
    limit: 50,
    ...(options.deployment === undefined ? {} : { deployment: await session.deploymentId(options.deployment) }),
    ...(options.live === true ? { live: true } : {}),
  }
  const page = await answer(session.api.GET('/api/v1/operations', { params: { query } }))
  session.show(page, () =>
    columns(
      ['OPERATION', 'KIND', 'STATE', 'AUTHOR', 'CREATED'],
      page.items.map(({ id, kind, state, author, createdAt }) => [id, kind, state, author, createdAt]),
    ),
  )
  return 0
}

export async function showOperation(context: CommandContext, options: ServerOptions, id: string): Promise<number> {
  const session = new Session(context, options)
  const operation = await answer(session.api.GET('/api/v1/operations/{id}', { params: { path: { id } } }))
  session.show(operation, () => {
    const { kind, state, steps, error } = operation
    const rows = steps.map(({ step, state, message }) => [step, state, message ?? ''])
    return `${kind}: ${state}${error === undefined ? '' : `\n${error.code}: ${error.message}`}\n${columns(['STEP', 'STATE', ''], rows)}`
  })
  return 0
}

export function followOperation(context: CommandContext, options: ServerOptions, id: string): Promise<number> {
  return watchOperation(new Session(context, options), id)
}

export async function cancelOperation(context: CommandContext, options: ServerOptions, id: string): Promise<number> {
  const session = new Session(context, options)
  const operation = await answer(session.api.POST('/api/v1/operations/{id}/cancel', { params: { path: { id } } }))
  session.show(operation, () => `${operation.state}\n`)
  return 0
}

interface ApproveOptions extends ServerOptions {
  readonly fingerprint?: string
  readonly wait?: boolean
}

export async function approveOperation(context: CommandContext, options: ApproveOptions, id: string): Promise<number> {
  const session = new Session(context, options)
  const shown = await answer(session.api.GET('/api/v1/operations/{id}', { params: { path: { id } } }))
  const fingerprint = options.fingerprint ?? fingerprintOf(shown.plan)
  if (fingerprint === undefined) {
    throw new EngineError('cli/nothing-to-approve', `operation ${id} has no plan to approve`, {
      class: 'user',
      hint: `it is ${shown.state}`,
    })
  }
  const operation = await answer(
    session.api.POST('/api/v1/operations/{id}/approve', { params: { path: { id } }, body: { fingerprint } }),
  )
  return afterRequest(session, operation, options.wait !== false)
}

function fingerprintOf(plan: unknown): string | undefined {
  const found = typeof plan === 'object' && plan !== null && 'fingerprint' in plan ? plan.fingerprint : undefined
  return typeof found === 'string' ? found : undefined
}
