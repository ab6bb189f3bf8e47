import { setTimeout as sleep } from 'node:timers/promises'
import type { Desired, Driver, StepProgress } from './driver.ts'
import { EngineError, FencedError } from './errors.ts'
import type { StepResult } from './outcome.ts'
import type { Plan, Step } from './plan.ts'

/** What happens while a plan is carried out, for progress, logs and tests. Step events come before and after each step. */
export type StepEvent =
  | { readonly type: 'step-started'; readonly step: Step; readonly restore: boolean }
  | { readonly type: 'step-progress'; readonly step: Step; readonly restore: boolean; readonly progress: StepProgress }
  | {
      readonly type: 'step-retried'
      readonly step: Step
      readonly restore: boolean
      readonly error: EngineError
      readonly attempt: number
    }
  | {
      readonly type: 'step-ended'
      readonly step: Step
      readonly restore: boolean
      readonly result: StepResult
      readonly error?: unknown
    }
  | { readonly type: 'restore-started'; readonly plan: Plan }

/** What every step of one run has in common. */
export interface Run {
  readonly driver: Pick<Driver, 'perform'>
  readonly desired: Desired
  readonly previous: Desired | undefined
  readonly plan: Plan
  readonly restore: boolean
  readonly fence: () => void | Promise<void>
  readonly onEvent: (event: StepEvent) => void
}

export interface StepEnd {
  readonly result: StepResult
  readonly error?: unknown
}

const RETRIES = 3
const FIRST_PAUSE_MS = 200

/**
 * Carries out one step: the fence before it writes, its own time limit, and again when the error was transient.
 * `interrupt` ends a step that only looks or prepares; one that writes is left to end, because a write that was cut
 * off in the middle may still happen after everybody has looked.
 */
export async function runStep(run: Run, step: Step, interrupt: AbortSignal): Promise<StepEnd> {
  const { restore } = run
  const started = performance.now()
  const timeout = AbortSignal.timeout(step.timeoutMs)
  const interruptible = step.phase === 'prepare' || !step.writes
  const signal = interruptible ? AbortSignal.any([interrupt, timeout]) : timeout
  const end = (status: StepResult['status'], attempts: number, error?: unknown): StepEnd => {
    const milliseconds = Math.round(performance.now() - started)
    const result = { id: step.id, status, attempts, milliseconds, restore }
    run.onEvent({ type: 'step-ended', step, restore, result, ...(error !== undefined && { error }) })
    return { result, ...(error !== undefined && { error }) }
  }
  run.onEvent({ type: 'step-started', step, restore })
  for (let attempt = 1; ; attempt++) {
    try {
      if (step.writes) await run.fence()
      await run.driver.perform(step, {
        desired: run.desired,
        ...(run.previous && { previous: run.previous }),
        plan: run.plan,
        signal,
        report: (progress) => run.onEvent({ type: 'step-progress', step, restore, progress }),
      })
      return end('done', attempt)
    } catch (error) {
      if (interruptible && interrupt.aborted) return end('cancelled', attempt, error)
      if (timeout.aborted) return end('failed', attempt, timedOut(step, error))
      if (!isTransient(error) || attempt > RETRIES) return end('failed', attempt, error)
      run.onEvent({ type: 'step-retried', step, restore, error, attempt })
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal }).catch(() => undefined)
      if (interrupt.aborted) return end(interruptible ? 'cancelled' : 'failed', attempt, error)
    }
  }
}

function isTransient(error: unknown): error is EngineError {
  return error instanceof EngineError && error.class === 'transient' && !(error instanceof FencedError)
}

function timedOut(step: Step, cause: unknown): EngineError {
  const seconds = Math.round(step.timeoutMs / 1000)
  return new EngineError('step-timeout', `${step.action} took longer than ${seconds} s`, {
    class: 'target',
    hint: 'look at the state of the target, and try again',
    cause,
  })
}
