import type { StepResult } from './outcome.ts'
import type { Step } from './plan.ts'
import { type Run, runStep, type StepEnd } from './step-runner.ts'

export interface ScheduleOptions {
  readonly parallelism: number
  /** Nothing new begins once it is aborted, and what may be interrupted is. */
  readonly signal: AbortSignal
  /** Go on with steps that do not depend on a failed one. Otherwise the first failure ends the run. */
  readonly keepGoing: boolean
}

export interface ScheduleEnd {
  readonly results: StepResult[]
  /** In the order they happened. */
  readonly failures: { readonly step: Step; readonly error: unknown }[]
  readonly cancelled: boolean
}

/** Runs steps as the graph they are: each when those it waits for have ended well, as many at once as allowed. */
export async function runSteps(run: Run, steps: readonly Step[], options: ScheduleOptions): Promise<ScheduleEnd> {
  const inside = new Set(steps.map((step) => step.id))
  const missing = new Map<Step, number>()
  const followers = new Map<string, Step[]>()
  for (const step of steps) {
    const waits = step.after.filter((id) => inside.has(id))
    missing.set(step, waits.length)
    for (const id of waits) {
      const list = followers.get(id)
      if (list) list.push(step)
      else followers.set(id, [step])
    }
  }
  const ready = steps.filter((step) => missing.get(step) === 0)
  const stop = new AbortController()
  const interrupt = AbortSignal.any([options.signal, stop.signal])
  const end: ScheduleEnd & { cancelled: boolean } = { results: [], failures: [], cancelled: false }
  const running = new Set<Promise<void>>()

  const settle = (step: Step, { result, error }: StepEnd): void => {
    end.results.push(result)
    if (result.status === 'done') {
      for (const follower of followers.get(step.id) ?? []) {
        const left = (missing.get(follower) ?? 0) - 1
        missing.set(follower, left)
        if (left === 0) ready.push(follower)
      }
      return
    }
    if (result.status === 'failed') end.failures.push({ step, error })
    if (!options.keepGoing) stop.abort()
  }
  while (running.size > 0 || (ready.length > 0 && !interrupt.aborted)) {
    while (ready.length > 0 && running.size < options.parallelism && !interrupt.aborted) {
      const step = ready.shift()
      if (!step) break
      const job: Promise<void> = runStep(run, step, interrupt).then((ended) => {
        running.delete(job)
        settle(step, ended)
      })
      running.add(job)
    }
    if (running.size > 0) await Promise.race(running)
  }
  if (options.signal.aborted && end.results.filter((result) => result.status === 'done').length < steps.length) {
    end.cancelled = true
  }
  const seen = new Set(end.results.map((result) => result.id))
  for (const step of steps) {
    if (seen.has(step.id)) continue
    end.results.push({ id: step.id, status: 'skipped', attempts: 0, milliseconds: 0, restore: run.restore })
  }
  return end
}
