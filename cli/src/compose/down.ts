import { hostname } from 'node:os'
import { destroy, externalNames } from '@windflow/engine'
import type { InvocationOf } from '../command-line/commands.ts'
import { UsageError } from '../command-line/usage-error.ts'
import type { CommandContext } from '../context.ts'
import { desiredState, nameOnly } from '../project/desired.ts'
import { nameProject } from '../project/name.ts'
import { planText } from '../show/plan.ts'
import { ask } from './confirm.ts'
import { onInterrupt } from './interrupt.ts'
import { showOutcome } from './outcome.ts'
import { errorStyle, outputStyle, showProgress } from './progress.ts'
import { openTarget } from './target.ts'

const LOCK_WAIT_MS = 60_000

/** `windflow compose down`. Volumes only with `--volumes`; what is lost then is shown and, on a terminal, asked. */
export async function down(invocation: InvocationOf<'down'>, context: CommandContext): Promise<number> {
  const { options, global, operands } = invocation
  const { streams } = context
  const json = options.format === 'json'
  if (operands.length > 0) {
    throw new UsageError(
      'cli/usage',
      'down removes a project as a whole',
      'take services out of the files and deploy with `up --remove-orphans`, or stop them with `stop`',
    )
  }
  const project = nameProject(global, context)
  const desired = project.loaded ? desiredState(project.loaded, 0) : nameOnly(project.name)
  const timeout = options.timeout
  const request = {
    volumes: options.volumes ?? false,
    removeOrphans: options['remove-orphans'] ?? false,
    ...(project.loaded && {
      services: [...Object.keys(project.loaded.model.services), ...Object.keys(project.loaded.disabled)],
      external: externalNames(project.loaded.model),
    }),
    ...(timeout !== undefined && { stopTimeoutSeconds: timeout }),
  }
  const interruption = onInterrupt(streams, {
    first: 'interrupted: ending the steps that have begun',
    second: 'left at once, half done: `windflow compose down` once more removes the rest',
  })
  const { signal } = interruption
  const driver = await openTarget(context)
  const progress = showProgress(context, { global, json })
  try {
    if (options['dry-run'] || global['dry-run']) {
      const plan = await driver.planDestroy(project.name, request, signal)
      streams.out(json ? `${JSON.stringify(plan.changes)}\n` : planText(plan, outputStyle(context, global)))
      return 0
    }
    const result = await destroy(driver, desired, request, {
      owner: `windflow compose down (pid ${process.pid} on ${hostname()})`,
      waitMs: LOCK_WAIT_MS,
      signal,
      // `--volumes` is the word that data may go.
      consent: 'data-loss',
      onEvent: (event) => progress.onEvent(event),
      async approve(plan) {
        if (plan.impact !== 'data-loss' || options.yes || !streams.inIsTerminal || !streams.errIsTerminal) return true
        streams.err(`${planText(plan, errorStyle(context, global))}\n`)
        return ask('Data will be lost. Go on? [y/N] ', streams, signal)
      },
    })
    progress.close()
    return showOutcome(result, context, {
      json,
      style: errorStyle(context, global),
      words: { succeeded: `${project.name} is removed`, unchanged: `${project.name}: nothing to remove` },
    })
  } finally {
    progress.close()
    interruption.dispose()
    await driver.close()
  }
}
