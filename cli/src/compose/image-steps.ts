import { type Desired, type Failure, type Plan, type Step, toFailure } from '@windflow/engine'
import type { GlobalOptions } from '../command-line/commands.ts'
import type { CommandContext } from '../context.ts'
import { onInterrupt } from './interrupt.ts'
import { failureLines } from './outcome.ts'
import { errorStyle, showProgress } from './progress.ts'
import { openTarget } from './target.ts'

export interface ImageRun {
  readonly desired: Desired
  readonly steps: readonly Step[]
  /** Leave out images that are there. */
  readonly onlyMissing?: boolean
  readonly parallel: boolean
  /** A failure is a warning. */
  readonly keepGoing: boolean
  readonly words: { readonly done: string; readonly nothing: string }
}

interface HowToShow {
  readonly global: GlobalOptions
  readonly json: boolean
  readonly quiet: boolean
  readonly dryRun: boolean
}

/** Fetches or builds images without touching any container: steps of the kind that a deployment begins with. */
export async function runImageSteps(run: ImageRun, context: CommandContext, how: HowToShow): Promise<number> {
  const { streams } = context
  const { desired, words } = run
  const interruption = onInterrupt(streams, { first: 'interrupted: what is under way is given up' })
  const driver = await openTarget(context)
  const global = how.quiet ? { ...how.global, progress: 'quiet' as const } : how.global
  const progress = showProgress(context, { global, json: how.json })
  const { signal } = interruption
  const plan: Plan = { project: desired.project, changes: [], fingerprint: '', impact: 'none', steps: run.steps }
  const failures: Failure[] = []
  const perform = async (step: Step) => {
    const started = performance.now()
    const result = (status: 'done' | 'failed') => {
      const milliseconds = Math.round(performance.now() - started)
      return { id: step.id, status, attempts: 1, milliseconds, restore: false }
    }
    progress.onEvent({ type: 'step-started', step, restore: false })
    try {
      await driver.perform(step, {
        desired,
        plan,
        signal: AbortSignal.any([signal, AbortSignal.timeout(step.timeoutMs)]),
        report: (said) => progress.onEvent({ type: 'step-progress', step, restore: false, progress: said }),
      })
      progress.onEvent({ type: 'step-ended', step, restore: false, result: result('done') })
    } catch (error) {
      signal.throwIfAborted()
      progress.onEvent({ type: 'step-ended', step, restore: false, result: result('failed'), error })
      failures.push(toFailure(error, step))
    }
  }
  try {
    const local = run.onlyMissing ? (await driver.observe(desired, signal)).images : {}
    const due = run.steps.filter((step) => local[step.resource.name] === undefined)
    if (how.dryRun) streams.out(due.map((step) => `${step.action} ${step.resource.name}\n`).join(''))
    else if (run.parallel) await Promise.all(due.map(perform))
    else for (const step of due) if (failures.length === 0 || run.keepGoing) await perform(step)
    progress.close()
    const failed = failures.length > 0 && !run.keepGoing
    if (how.json) {
      const images = due.map(({ action, resource: { name } }) => ({
        image: name,
        action,
        failed: failures.some(({ resource }) => resource?.name === name),
      }))
      streams.out(
        `${JSON.stringify({ project: desired.project, status: failed ? 'failed' : 'succeeded', images, failures })}\n`,
      )
    } else if (!how.dryRun) {
      const style = errorStyle(context, how.global)
      const mark = run.keepGoing ? style.yellow('warning') : style.red('error')
      for (const failure of failures) streams.err(`${mark} ${failureLines(failure)}`)
      if (run.steps.length === 0) streams.err(`${desired.project}: ${words.nothing}\n`)
      else if (!failed && !how.quiet) streams.err(`${desired.project}: ${due.length} ${words.done}\n`)
    }
    return failed ? 1 : 0
  } finally {
    progress.close()
    interruption.dispose()
    await driver.close()
  }
}
