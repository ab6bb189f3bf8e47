import { EngineError } from '@windflow/engine'
import type { CommandContext } from '../context.ts'
import { answer } from './api.ts'
import { wholeNumber } from './deployment.ts'
import { type ServerOptions, Session } from './session.ts'
import { afterRequest } from './watch-operation.ts'

interface WaitOptions extends ServerOptions {
  readonly wait?: boolean
  readonly reason?: string
}

interface DeployOptions extends WaitOptions {
  readonly pull?: string
  readonly forceRecreate?: boolean
  readonly gate?: boolean
  readonly acceptDataLoss?: boolean
}

const PULLS = ['always', 'missing', 'never', 'policy'] as const

export async function deploy(context: CommandContext, options: DeployOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.deploymentId(name)
  const pull = PULLS.find((when) => when === options.pull)
  if (options.pull !== undefined && pull === undefined) {
    throw new EngineError('cli/usage', `--pull ${options.pull}: write ${PULLS.join(', ')}`, { class: 'user' })
  }
  const body = {
    reason: options.reason ?? '',
    ...(pull === undefined ? {} : { pull }),
    ...(options.forceRecreate === true ? { forceRecreate: true } : {}),
    ...(options.gate === false ? { gate: false } : {}),
    ...(options.acceptDataLoss === true ? { consent: 'data-loss' as const } : {}),
  }
  const operation = await answer(
    session.api.POST('/api/v1/deployments/{id}/deploy', { params: { path: { id } }, body }),
  )
  return afterRequest(session, operation, options.wait !== false)
}

export async function rollback(
  context: CommandContext,
  options: WaitOptions,
  name: string,
  release: string,
): Promise<number> {
  const session = new Session(context, options)
  const id = await session.deploymentId(name)
  const body = { release: wholeNumber(release, 'the release'), reason: options.reason ?? '' }
  const operation = await answer(
    session.api.POST('/api/v1/deployments/{id}/rollback', { params: { path: { id } }, body }),
  )
  return afterRequest(session, operation, options.wait !== false)
}

export async function lifecycle(
  context: CommandContext,
  options: WaitOptions,
  kind: 'stop' | 'start' | 'restart',
  name: string,
  services: readonly string[],
): Promise<number> {
  const session = new Session(context, options)
  const id = await session.deploymentId(name)
  const body = { reason: options.reason ?? '', ...(services.length === 0 ? {} : { services: [...services] }) }
  const operation = await answer(
    session.api.POST(`/api/v1/deployments/{id}/${kind}`, { params: { path: { id } }, body }),
  )
  return afterRequest(session, operation, options.wait !== false)
}

interface DestroyOptions extends WaitOptions {
  readonly volumes?: boolean
  readonly confirm?: string
}

export async function destroy(context: CommandContext, options: DestroyOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.deploymentId(name)
  const body = { reason: options.reason ?? '', volumes: options.volumes === true, confirm: options.confirm ?? '' }
  const operation = await answer(
    session.api.POST('/api/v1/deployments/{id}/destroy', { params: { path: { id } }, body }),
  )
  return afterRequest(session, operation, options.wait !== false)
}
