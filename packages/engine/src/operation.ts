import { externalNames } from './containers/names.ts'
import type { Desired, DestroyRequest, Driver, LifecycleOptions, Lock, PlanOptions } from './driver.ts'
import { FencedError, StalePlanError } from './errors.ts'
import type { ApplyOptions } from './executor.ts'
import type { Outcome } from './outcome.ts'
import { isEmptyPlan, type Plan } from './plan.ts'

export interface OperationOptions extends ApplyOptions {
  /** For people who meet the lock: `windflow compose up (pid 812 on host)`. */
  readonly owner: string
  /** How long to wait for the lock. */
  readonly waitMs: number
  /**
   * Asked with every plan that would change something, again when the state moved in between. `false` ends the
   * operation as cancelled. Absent: plans are carried out as they are made.
   */
  readonly approve?: (plan: Plan) => boolean | Promise<boolean>
  /** Fingerprint of the plan somebody approved before: another state is refused with `StalePlanError`. */
  readonly approved?: string
}

export interface DeployRequest {
  readonly desired: Desired
  readonly options: PlanOptions
  /** The release that runs now. */
  readonly previous?: Desired
}

export interface OperationResult {
  /** The plan that was carried out, or would have been. */
  readonly plan: Plan
  readonly outcome: Outcome
}

/**
 * Brings a release up; the same for a rollback, whose release is an older one. Where nothing is to change, no lock is
 * taken and nothing is written. Rejects with an `EngineError` when it could not begin.
 */
export async function deploy<O>(
  driver: Driver<O>,
  request: DeployRequest,
  options: OperationOptions,
): Promise<OperationResult> {
  const { desired } = request
  let settled: PlanOptions = request.options
  const look = async (): Promise<Look<O>> => {
    const before = await driver.observe(desired, options.signal)
    return { before, plan: await driver.plan(desired, before, settled, options.signal) }
  }
  const first = await look()
  if (isEmptyPlan(first.plan)) return carryOut(driver, desired, request.previous, first, options)
  if (!first.plan.steps.some((step) => step.replan)) {
    return changeLocked(driver, desired, request.previous, first, look, options)
  }
  // What is pulled or built decides what changes: that comes first, and only then the question to the person.
  return withLock(driver, desired.project, options, async (locked) => {
    const steps = first.plan.steps.filter((step) => step.phase === 'prepare')
    const prepare: Plan = { ...first.plan, changes: [], impact: 'none', steps }
    const fetched = prepare.steps.filter((step) => step.action !== 'preflight')
    const prepared = await carryOut(
      driver,
      desired,
      undefined,
      { ...first, plan: { ...prepare, steps: fetched } },
      locked,
    )
    if (prepared.outcome.status !== 'unchanged') return { plan: first.plan, outcome: prepared.outcome }
    settled = { ...request.options, pull: 'never', build: false }
    const second = await look()
    if (isEmptyPlan(second.plan)) return carryOut(driver, desired, request.previous, second, locked)
    if (options.approved !== undefined && options.approved !== second.plan.fingerprint) {
      throw new StalePlanError(desired.project)
    }
    if (options.approve && !(await options.approve(second.plan))) return declined(second.plan)
    return carryOut(driver, desired, request.previous, second, locked)
  })
}

/** Stops, starts or restarts. A failure is reported and leaves things as they are, as `docker compose` does. */
export async function lifecycle<O>(
  driver: Driver<O>,
  desired: Desired,
  request: LifecycleOptions,
  options: OperationOptions,
): Promise<OperationResult> {
  const look = async (): Promise<Look<O>> => {
    const before = await driver.observe(desired, options.signal)
    return { before, plan: await driver.planLifecycle(desired, before, request, options.signal) }
  }
  return oneWay(driver, desired, look, options)
}

/** Removes a project; its volumes only when asked for and consented to. */
export async function destroy<O>(
  driver: Driver<O>,
  desired: Desired,
  request: DestroyRequest,
  options: OperationOptions,
): Promise<OperationResult> {
  const asked = { ...request, external: [...(request.external ?? []), ...externalNames(desired.model)] }
  const look = async (): Promise<Look<O>> => {
    const plan = await driver.planDestroy(desired.project, asked, options.signal)
    return { before: undefined, plan }
  }
  return oneWay(driver, desired, look, options)
}

interface Look<O> {
  /** Absent where there is no way back. */
  readonly before: O | undefined
  readonly plan: Plan
}

async function oneWay<O>(
  driver: Driver<O>,
  desired: Desired,
  look: () => Promise<Look<O>>,
  options: OperationOptions,
): Promise<OperationResult> {
  const first = await look()
  const forward = { ...options, rollback: false }
  if (isEmptyPlan(first.plan)) return carryOut(driver, desired, undefined, first, forward)
  return changeLocked(driver, desired, undefined, first, look, forward)
}

/** Asks, locks, looks again, asks again when the state moved, and carries the plan out. */
async function changeLocked<O>(
  driver: Driver<O>,
  desired: Desired,
  previous: Desired | undefined,
  first: Look<O>,
  look: () => Promise<Look<O>>,
  options: OperationOptions,
): Promise<OperationResult> {
  if (options.approved !== undefined && options.approved !== first.plan.fingerprint) {
    throw new StalePlanError(desired.project)
  }
  if (options.approve && !(await options.approve(first.plan))) return declined(first.plan)
  return withLock(driver, desired.project, options, async (locked) => {
    const second = await look()
    const moved = second.plan.fingerprint !== first.plan.fingerprint
    if (moved && options.approved !== undefined) throw new StalePlanError(desired.project)
    const ask = moved && !isEmptyPlan(second.plan) ? options.approve : undefined
    if (ask && !(await ask(second.plan))) return declined(second.plan)
    return carryOut(driver, desired, previous, second, locked)
  })
}

async function withLock<O>(
  driver: Driver<O>,
  project: string,
  options: OperationOptions,
  work: (locked: OperationOptions) => Promise<OperationResult>,
): Promise<OperationResult> {
  const lock = await driver.lock(project, { description: options.owner }, options.waitMs, options.signal)
  try {
    // A lost lock ends waiting at once, and the fence refuses the next write.
    const signal = AbortSignal.any([options.signal, lock.lost])
    return await work({ ...options, signal, fence: () => checkFence(lock, project, options) })
  } finally {
    // The operation's own outcome matters more than a lock that will be found dead.
    await lock.release().catch(() => undefined)
  }
}

async function checkFence(lock: Lock, project: string, options: OperationOptions): Promise<void> {
  await lock.confirm?.()
  if (lock.lost.aborted) throw new FencedError(project, { cause: lock.lost.reason })
  await options.fence?.()
}

async function carryOut<O>(
  driver: Driver<O>,
  desired: Desired,
  previous: Desired | undefined,
  { plan, before }: Look<O>,
  options: OperationOptions,
): Promise<OperationResult> {
  if (plan.steps.length === 0 && isEmptyPlan(plan)) {
    return { plan, outcome: { status: 'unchanged', warnings: [], steps: [] } }
  }
  const { apply } = await import('./executor.ts')
  if (before === undefined) {
    const outcome = await apply<unknown>(driver, { desired, plan, before }, { ...options, rollback: false })
    return { plan, outcome }
  }
  return { plan, outcome: await apply(driver, { desired, plan, before, ...(previous && { previous }) }, options) }
}

function declined(plan: Plan): OperationResult {
  return { plan, outcome: { status: 'cancelled', warnings: [], steps: [] } }
}
