import { hostname } from 'node:os'
import type { Project } from '@windflow/compose'
import { lifecycle as carryOut, dependencyOrder, type LifecycleOptions } from '@windflow/engine'
import type { InvocationOf } from '../command-line/commands.ts'
import type { CommandContext } from '../context.ts'
import { desiredState, nameOnly } from '../project/desired.ts'
import { rejectUnknown } from '../project/load.ts'
import { nameProject } from '../project/name.ts'
import { planText } from '../show/plan.ts'
import { onInterrupt } from './interrupt.ts'
import { showOutcome } from './outcome.ts'
import { errorStyle, outputStyle, showProgress } from './progress.ts'
import { openTarget } from './target.ts'

const LOCK_WAIT_MS = 60_000

const DONE = { start: 'started', stop: 'stopped', restart: 'restarted' } as const

/** `windflow compose start|stop|restart`: what is there, without making or changing anything. */
export async function lifecycle(
  invocation: InvocationOf<'start'> | InvocationOf<'stop'> | InvocationOf<'restart'>,
  context: CommandContext,
): Promise<number> {
  const { command, options, global, operands } = invocation
  const json = options.format === 'json'
  const { name, loaded } = nameProject(global, context)
  if (loaded) rejectUnknown(operands, { ...loaded.model, services: { ...loaded.model.services, ...loaded.disabled } })
  const desired = loaded ? desiredState(loaded, 0) : nameOnly(name)
  const request: LifecycleOptions = {
    action: command,
    ...services(invocation, loaded?.model),
    ...waiting(invocation),
  }
  const interruption = onInterrupt(context.streams, {
    first: 'interrupted: ending the steps that have begun',
    second: `left at once: \`windflow compose ps\` shows how far it came`,
  })
  const { signal } = interruption
  const driver = await openTarget(context)
  const progress = showProgress(context, { global, json })
  try {
    if (options['dry-run'] || global['dry-run']) {
      const plan = await driver.planLifecycle(desired, await driver.observe(desired, signal), request, signal)
      context.streams.out(json ? `${JSON.stringify(plan.changes)}\n` : planText(plan, outputStyle(context, global)))
      return 0
    }
    const owner = `windflow compose ${command} (pid ${process.pid} on ${hostname()})`
    const onEvent = (event: Parameters<typeof progress.onEvent>[0]) => progress.onEvent(event)
    const result = await carryOut(driver, desired, request, { owner, waitMs: LOCK_WAIT_MS, signal, onEvent })
    progress.close()
    return showOutcome(result, context, {
      json,
      style: errorStyle(context, global),
      words: { succeeded: `${name}: ${DONE[command]}`, unchanged: `${name}: nothing to ${command}` },
    })
  } finally {
    progress.close()
    interruption.dispose()
    await driver.close()
  }
}

/** As docker compose: `start` waits for readiness only when asked to. */
function waiting({ command, options }: Parameters<typeof lifecycle>[0]): Partial<LifecycleOptions> {
  if (command !== 'start') return options.timeout === undefined ? {} : { stopTimeoutSeconds: options.timeout }
  const timeout = options['wait-timeout']
  return { gate: options.wait ?? false, ...(timeout !== undefined && { gateTimeoutMs: timeout * 1000 }) }
}

/** `restart` also restarts what depends on the named services with `restart: true`, unless told not to. */
function services(
  { command, options, operands }: Parameters<typeof lifecycle>[0],
  model: Project | undefined,
): Partial<LifecycleOptions> {
  if (operands.length === 0) return {}
  const named = new Set(operands)
  if (command === 'restart' && !options['no-deps'] && model) {
    for (const name of dependencyOrder(model)) {
      const needs = Object.entries(model.services[name]?.depends_on ?? {})
      if (needs.some(([needed, { restart }]) => restart && named.has(needed))) named.add(name)
    }
  }
  return { services: [...named] }
}
