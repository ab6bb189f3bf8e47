import type { Desired, Driver } from './driver.ts'
import { EngineError, FencedError } from './errors.ts'
import { toFailure } from './failure.ts'
import type { Failure, Outcome, OutcomeStatus, StepResult } from './outcome.ts'
import { type Impact, isEmptyPlan, type Phase, type Plan } from './plan.ts'
import { resourceKey } from './resource.ts'
import { runSteps, type ScheduleEnd } from './schedule.ts'
import type { Run, StepEvent } from './step-runner.ts'

export interface ApplyInput<O> {
  readonly desired: Desired
  readonly plan: Plan
  /** What the plan was made from: where a failed change goes back to. */
  readonly before: O
  /** The release that runs now, when it is known: what is gone is made again from it. */
  readonly previous?: Desired
}

export interface ApplyOptions {
  /** Cancels. The outcome comes when everything is consistent again. */
  readonly signal: AbortSignal
  readonly onEvent?: (event: StepEvent) => void
  /** Called before each write; throws when the right to write is lost. */
  readonly fence?: () => void | Promise<void>
  /** Steps at the same time; 8 when absent. */
  readonly parallelism?: number
  /** `false`: a failure leaves things as they are. */
  readonly rollback?: boolean
  /** The worst impact somebody has agreed to. Without it, nothing that loses data is done. */
  readonly consent?: Impact
  /** How long the way back may take before it counts as failed; 15 minutes when absent. */
  readonly restoreDeadlineMs?: number
}

const PARALLELISM = 8
const RESTORE_DEADLINE_MS = 900_000
/** The first way back can meet what was still under way on the target; the second one finds it settled. */
const RESTORE_ATTEMPTS = 2

/**
 * Carries a plan out. `prepare` first, all of it; then `change`, and on a failure there the way back; then, after the
 * verdict, `commit`, whose failures are only reported. Never rejects but for a plan that loses data without consent.
 */
export async function apply<O>(driver: Driver<O>, input: ApplyInput<O>, options: ApplyOptions): Promise<Outcome> {
  const { plan } = input
  if (plan.steps.length === 0 && isEmptyPlan(plan)) return { status: 'unchanged', warnings: [], steps: [] }
  if (plan.impact === 'data-loss' && options.consent !== 'data-loss') throw consentNeeded(plan)
  const run: Run = {
    driver,
    desired: input.desired,
    previous: input.previous,
    plan,
    restore: false,
    fence: options.fence ?? (() => undefined),
    onEvent: options.onEvent ?? (() => undefined),
  }
  const steps: StepResult[] = []
  const phase = async (name: Phase, signal: AbortSignal, keepGoing: boolean): Promise<ScheduleEnd> => {
    const own = plan.steps.filter((step) => step.phase === name)
    const end = await runSteps(run, own, { parallelism: options.parallelism ?? PARALLELISM, signal, keepGoing })
    steps.push(...end.results)
    return end
  }

  const prepared = await phase('prepare', options.signal, false)
  if (prepared.failures.length > 0 || prepared.cancelled) return { ...verdict(prepared), warnings: [], steps }
  const changed = await phase('change', options.signal, false)
  if (changed.failures.length > 0 || changed.cancelled) {
    const wrote = changed.results.some((result) => result.status !== 'skipped' && writes(plan, result.id))
    const fenced = changed.failures.some(({ error }) => error instanceof FencedError)
    const end = verdict(changed)
    if (!wrote || fenced || options.rollback === false) return { ...end, warnings: [], steps }
    return { ...(await goBack(driver, input, options, run, end, steps)), warnings: [], steps }
  }
  const committed = await phase('commit', new AbortController().signal, true)
  const warnings = committed.failures.map(({ step, error }) => toFailure(error, step))
  const status = isEmptyPlan(plan) ? 'unchanged' : 'succeeded'
  return { status, warnings, steps }
}

interface Verdict {
  readonly status: OutcomeStatus
  readonly failure?: Failure
  readonly rollbackFailure?: Failure
}

function verdict(end: ScheduleEnd): Verdict {
  const [first] = end.failures
  if (end.cancelled && !first) return { status: 'cancelled' }
  if (!first) return { status: 'failed' }
  return { status: end.cancelled ? 'cancelled' : 'failed', failure: toFailure(first.error, first.step) }
}

function writes(plan: Plan, id: string): boolean {
  return plan.steps.some((step) => step.id === id && step.writes)
}

/** Puts the state before back, whatever state things are in now. Not cancelled by what cancelled the change. */
async function goBack<O>(
  driver: Driver<O>,
  input: ApplyInput<O>,
  options: ApplyOptions,
  run: Run,
  end: Verdict,
  steps: StepResult[],
): Promise<Verdict> {
  const signal = AbortSignal.timeout(options.restoreDeadlineMs ?? RESTORE_DEADLINE_MS)
  const status = end.status === 'cancelled' ? 'cancelled' : 'rolled_back'
  let failure: Failure | undefined
  try {
    for (let attempt = 0; ; attempt++) {
      const now = await driver.observe(input.desired, signal)
      const plan = await driver.planRestore(input.before, now, input.previous, signal)
      if (isEmptyPlan(plan)) return { ...end, status }
      if (attempt === RESTORE_ATTEMPTS || plan.steps.length === 0) {
        return { ...end, status: 'rollback_failed', rollbackFailure: failure ?? notBack(plan) }
      }
      run.onEvent({ type: 'restore-started', plan })
      const parallelism = options.parallelism ?? PARALLELISM
      const back = await runSteps({ ...run, plan, restore: true }, plan.steps, { parallelism, signal, keepGoing: true })
      steps.push(...back.results)
      const [first] = back.failures
      failure = first && toFailure(first.error, first.step)
      if (first?.error instanceof FencedError) {
        return { ...end, status: 'failed', failure: end.failure ?? toFailure(first.error) }
      }
    }
  } catch (error) {
    return { ...end, status: 'rollback_failed', rollbackFailure: toFailure(error) }
  }
}

function notBack(plan: Plan): Failure {
  const left = plan.changes.filter((change) => change.action !== 'none')
  const [first] = left
  return {
    ...(first && { resource: first.resource }),
    class: 'target',
    code: 'not-restored',
    message: left.map((change) => `${resourceKey(change.resource)}: ${change.reason}`).join('; '),
    hint: 'deploy again, or roll back to a stored release',
    lines: [],
  }
}

function consentNeeded(plan: Plan): EngineError {
  const lost = plan.changes.filter((change) => change.impact === 'data-loss')
  const names = lost.map((change) => resourceKey(change.resource)).join(', ')
  return new EngineError('consent-needed', `data would be lost: ${names}`, {
    class: 'user',
    hint: 'agree to it explicitly (--yes), or put the definition back as it was',
  })
}
