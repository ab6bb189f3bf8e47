import { setTimeout as sleep } from 'node:timers/promises'
import type { Service } from '@windflow/compose'
import { EngineError, type StepContext, type VerbStep } from '@windflow/engine'
import {
  inspectContainer,
  removeContainer,
  renameContainer,
  startContainer,
  stopContainer,
  unpauseContainer,
} from '../api/containers.ts'
import { ApiError, isConflict, isNotFound } from '../api/errors.ts'
import type { ContainerInspect } from '../api/types.ts'
import { withSocketOf } from '../api-socket.ts'
import { injectedFiles, injectFiles } from '../files/injection.ts'
import { LABEL } from '../labels.ts'
import { originOf, type Workbench } from './environment.ts'
import { runHooks } from './hooks.ts'

const NEVER = '0001-01-01T00:00:00Z'
const REMOVAL_POLL_MS = 50

export async function start(bench: Workbench, step: VerbStep<'start'>, context: StepContext): Promise<void> {
  const { container, service: name, postStart } = step.parameters
  const models = [context.desired.model, ...(context.previous ? [context.previous.model] : [])]
  const injects = models.some((model) => {
    const service = model.services[name]
    return service && (service.use_api_socket || injectedFiles(model, service, bench.local).length > 0)
  })
  const hooks = postStart && models.some((model) => (model.services[name]?.post_start ?? []).length > 0)
  // Only these need to know which definition it was made from.
  const inspect = injects || hooks ? await inspectContainer(bench.engine, container, context.signal) : undefined
  const origin = originOf(context, inspect?.Config.Labels?.[LABEL.release])
  const { signal } = context
  // What was copied in once stays in its file system; a running one would not read it again anyway.
  if (inspect && injects && inspect.State.StartedAt === NEVER) {
    const made = await withSocketOf(origin, name, bench.credentials, signal)
    await injectFiles(bench.engine, inspect.Id, made, name, bench.local, signal)
  }
  await startInTurn(bench, container, context.desired.model.services[name], signal)
  const postStartHooks = origin.model.services[name]?.post_start ?? []
  if (hooks && postStartHooks.length > 0) await runHooks(bench, container, name, 'post_start', postStartHooks, context)
}

async function startInTurn(
  bench: Workbench,
  container: string,
  service: Service | undefined,
  signal: AbortSignal,
): Promise<void> {
  const ranged = (service?.ports ?? []).some(({ published }) => published?.includes('-'))
  if (!ranged) return startContainer(bench.engine, container, signal)
  const turn = bench.serialStarts.then(() => startContainer(bench.engine, container, signal))
  bench.serialStarts = turn.catch(() => {})
  return turn
}

export async function unpause(bench: Workbench, step: VerbStep<'unpause'>, context: StepContext): Promise<void> {
  try {
    await unpauseContainer(bench.engine, step.parameters.container, context.signal)
  } catch (error) {
    const { State } = await inspectContainer(bench.engine, step.parameters.container, context.signal)
    if (State.Paused) throw error
  }
}

export async function stop(bench: Workbench, step: VerbStep<'stop'>, context: StepContext): Promise<void> {
  const { container, service: name, timeoutSeconds, preStop } = step.parameters
  const { signal } = context
  try {
    if (preStop) await preStopHooks(bench, container, name, context)
    await stopContainer(bench.engine, container, { timeoutSeconds }, signal)
  } catch (error) {
    // Removed by somebody else: what was wanted is more than done.
    if (!isNotFound(error)) throw error
  }
}

async function preStopHooks(bench: Workbench, container: string, name: string, context: StepContext): Promise<void> {
  const known = [context.desired, context.previous].some(
    (desired) => (desired?.model.services[name]?.pre_stop ?? []).length > 0,
  )
  if (!known) return
  const { State, Config } = await inspectContainer(bench.engine, container, context.signal)
  if (!State.Running || State.Paused || State.Restarting) return
  const hooks = originOf(context, Config.Labels?.[LABEL.release]).model.services[name]?.pre_stop ?? []
  await runHooks(bench, container, name, 'pre_stop', hooks, context)
}

export async function rename(bench: Workbench, step: VerbStep<'rename'>, context: StepContext): Promise<void> {
  const { container, from, to } = step.parameters
  const { signal } = context
  const current = (await find(bench, container, signal)) ?? (await find(bench, from, signal))
  if (!current) {
    // By name it is found no more once it is renamed.
    if (await find(bench, to, signal)) return
    throw new EngineError('container-gone', `the container ${from} is gone`, {
      class: 'target',
      hint: 'somebody removed it meanwhile; deploy again',
    })
  }
  if (current.Name === `/${to}`) return
  try {
    await renameContainer(bench.engine, current.Id, to, signal)
  } catch (error) {
    if (!isConflict(error)) throw error
    const holder = await find(bench, to, signal)
    if (holder?.Id === current.Id) return
    throw new EngineError('name-taken', `the container name ${to} is taken by ${holder?.Config.Image ?? 'another'}`, {
      class: 'target',
      hint: 'rename or remove that container, and deploy again',
    })
  }
}

async function find(bench: Workbench, container: string, signal: AbortSignal): Promise<ContainerInspect | undefined> {
  try {
    return await inspectContainer(bench.engine, container, signal)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

export async function remove(bench: Workbench, step: VerbStep<'remove'>, context: StepContext): Promise<void> {
  const { container, volumes } = step.parameters
  await removeAtOnce(bench, container, volumes, context.signal)
}

/** Gone when this resolves, whoever removes it. */
export async function removeAtOnce(
  bench: Workbench,
  container: string,
  volumes: boolean,
  signal: AbortSignal,
): Promise<void> {
  try {
    await removeContainer(bench.engine, container, { force: true, volumes }, signal)
  } catch (error) {
    if (isNotFound(error)) return
    if (!(error instanceof ApiError) || !/already in progress/i.test(error.message)) throw error
    while (await find(bench, container, signal)) await sleep(REMOVAL_POLL_MS, undefined, { signal })
  }
}

export async function drain(bench: Workbench, step: VerbStep<'drain'>, context: StepContext): Promise<void> {
  if (bench.traffic.wasQuiet(step.parameters.container)) return
  await sleep(step.parameters.milliseconds, undefined, { signal: context.signal })
}
