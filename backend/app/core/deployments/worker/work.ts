import type { Driver, Failure, OperationOptions, OperationResult, Outcome, Plan } from '@windflow/engine'
import { deploy, destroy, EngineError, lifecycle, toFailure } from '@windflow/engine'
import type { Scope } from '../../db/scope.ts'
import type { Points } from '../../kernel/points.ts'
import { Redactor } from '../../secrets/redactor.ts'
import type { Stacks } from '../../stacks/stacks.ts'
import type { OperationRow } from '../operation-repository.ts'
import { enforcePolicy } from '../policy.ts'
import type { DeploymentRow, Release } from '../repository.ts'
import { checkOut } from './checkout.ts'
import { type Draft, draftRelease, nothingDesired, type Resolved, resolveRelease } from './desired.ts'

export interface WorkParts {
  readonly data: string
  readonly points: Points
  readonly stacks: Stacks
  readonly scope: Scope
  readonly operation: OperationRow
  readonly deployment: DeploymentRow
  readonly driver: Driver
  readonly options: Omit<OperationOptions, 'approve' | 'rollback'>
  release(number: number): Promise<Release | undefined>
  /** Told as soon as the secrets of the operation are known, before anything is done with them. */
  redact(redactor: Redactor): void
  /** Asked before the first write; stores the plan and the release. `false` ends the operation here. */
  approve(plan: Plan, draft: (Draft & { readonly number: number }) | undefined): Promise<boolean>
  /** Told before what an earlier worker left is put back. */
  restoring(failure: Failure | undefined): Promise<void>
}

export interface WorkEnd {
  readonly outcome: Outcome
  readonly plan: Plan | undefined
  /** The release that runs now, when the operation put one in place. */
  readonly release: number | undefined
}

const GONE: Outcome = { status: 'cancelled', warnings: [], steps: [] }

/** Does what one operation is for, from its beginning or from where an earlier worker left it. */
export async function work(parts: WorkParts): Promise<WorkEnd> {
  const { operation } = parts
  const resumed = operation.attempts > 1 && operation.release !== null
  switch (operation.kind) {
    case 'deploy':
    case 'rollback':
      if (operation.state === 'cancelling' || operation.state === 'rolling_back') {
        const failure = operation.error === null ? undefined : storedFailure(operation)
        if (!resumed) return { outcome: GONE, plan: undefined, release: undefined }
        return putBack(parts, operation.state === 'cancelling' ? 'cancelled' : 'rolled_back', failure)
      }
      return resumed ? goOn(parts) : bringUp(parts)
    case 'stop':
    case 'start':
    case 'restart': {
      if (operation.state === 'cancelling') return { outcome: GONE, plan: undefined, release: undefined }
      const { desired } = await current(parts)
      const { kind: action, request } = operation
      const asked = { action, ...(request.services === undefined ? {} : { services: request.services }) }
      return ended(await lifecycle(parts.driver, desired, asked, forward(parts, undefined)), undefined)
    }
    case 'destroy': {
      if (operation.state === 'cancelling') return { outcome: GONE, plan: undefined, release: undefined }
      const { desired } = await current(parts)
      const request = { volumes: operation.request.volumes === true, removeOrphans: true }
      const consent = request.volumes ? { consent: 'data-loss' as const } : {}
      return ended(
        await destroy(parts.driver, desired, request, { ...forward(parts, undefined), ...consent }),
        undefined,
      )
    }
  }
}

function ended({ plan, outcome }: OperationResult, release: number | undefined): WorkEnd {
  const inPlace = outcome.status === 'succeeded' || outcome.status === 'unchanged'
  return { outcome, plan, release: inPlace ? release : undefined }
}

function forward(parts: WorkParts, draft: (Draft & { readonly number: number }) | undefined): OperationOptions {
  return { ...parts.options, approve: (plan) => parts.approve(plan, draft) }
}

/** The first worker of an operation: what goes wrong goes back to exactly what was there. */
async function bringUp(parts: WorkParts): Promise<WorkEnd> {
  const { operation, deployment, driver } = parts
  const release =
    operation.request.release === undefined ? await draft(parts) : await stored(parts, operation.request.release)
  const { desired } = await resolve(parts, release)
  // An older release was let through when it was made.
  if (operation.request.release === undefined && operation.request.privileged !== true) enforcePolicy(desired)
  const previous = deployment.current_release === null ? undefined : await stored(parts, deployment.current_release)
  const before = previous === undefined ? undefined : (await resolve(parts, previous)).desired
  const request = { desired, options: planOptions(parts), ...(before === undefined ? {} : { previous: before }) }
  return ended(await deploy(driver, request, { ...forward(parts, release), rollback: true }), release.number)
}

/**
 * A later worker: the same release is brought up again, which does only what is left to do. What is there now is not the
 * state before, so the way back leads to the stored release before, not to what was observed.
 */
async function goOn(parts: WorkParts): Promise<WorkEnd> {
  const { operation, driver } = parts
  const release = await stored(parts, operation.release ?? 0)
  const { desired } = await resolve(parts, release)
  const result = await deploy(
    driver,
    { desired, options: planOptions(parts) },
    { ...forward(parts, release), rollback: false },
  ).catch((error: unknown): OperationResult => {
    if (parts.options.signal.aborted || (error instanceof EngineError && error.class === 'transient')) throw error
    return {
      plan: emptyPlan(desired.project),
      outcome: { status: 'failed', failure: toFailure(error), warnings: [], steps: [] },
    }
  })
  const { status, failure } = result.outcome
  if (status === 'failed' || status === 'rollback_failed') return putBack(parts, 'rolled_back', failure)
  if (status === 'cancelled') return putBack(parts, 'cancelled', failure)
  return ended(result, release.number)
}

/** Brings the release before back, or removes what a first deployment left. */
async function putBack(
  parts: WorkParts,
  end: 'rolled_back' | 'cancelled',
  failure: Failure | undefined,
): Promise<WorkEnd> {
  const { operation, driver } = parts
  await parts.restoring(failure)
  // What cancelled the operation must not cancel the way back; losing the lease still does, by the fence.
  const options: OperationOptions = { ...parts.options, signal: AbortSignal.timeout(900_000), rollback: false }
  const because = failure === undefined ? {} : { failure }
  let result: OperationResult
  if (operation.previous_release !== null) {
    const { desired } = await resolve(parts, await stored(parts, operation.previous_release))
    result = await deploy(driver, { desired, options: { removeOrphans: true, pull: 'missing' } }, options)
  } else if (onlyCreates(operation.plan)) {
    const { desired } = await resolve(parts, await stored(parts, operation.release ?? 0))
    result = await destroy(driver, desired, { volumes: false, removeOrphans: true }, options)
  } else {
    const rollbackFailure: Failure = {
      class: 'target',
      code: 'nothing-to-go-back-to',
      message: 'the project was there before its first deployment, and no release says how it was',
      hint: 'look at its containers, then deploy again',
      lines: [],
    }
    return {
      outcome: { status: 'rollback_failed', ...because, rollbackFailure, warnings: [], steps: [] },
      plan: undefined,
      release: undefined,
    }
  }
  const { outcome } = result
  if (outcome.status === 'succeeded' || outcome.status === 'unchanged') {
    return { outcome: { ...outcome, ...because, status: end }, plan: undefined, release: undefined }
  }
  const rollbackFailure = outcome.failure === undefined ? {} : { rollbackFailure: outcome.failure }
  return {
    outcome: { ...outcome, ...because, ...rollbackFailure, status: 'rollback_failed' },
    plan: undefined,
    release: undefined,
  }
}

/** Whether the stored plan of a first deployment found nothing of the project on the target. */
function onlyCreates(plan: unknown): boolean {
  // Stored by a worker from a Plan.
  const { changes = [] } = (plan ?? {}) as Partial<Plan>
  return changes.every(({ action }) => action === 'create' || action === 'none')
}

function planOptions({ operation, deployment }: WorkParts) {
  const { pull, forceRecreate, gate } = operation.request
  return {
    removeOrphans: deployment.options.removeOrphans,
    ...(pull === undefined ? {} : { pull }),
    ...(forceRecreate === undefined ? {} : { forceRecreate }),
    ...(gate === undefined ? {} : { gate }),
  }
}

async function draft({
  points,
  stacks,
  scope,
  deployment,
  data,
}: WorkParts): Promise<Draft & { readonly number: number }> {
  const version = await stacks.version(scope, deployment.stack_id, deployment.stack_version)
  const folder = await checkOut(data, version)
  return { ...(await draftRelease(points, scope, deployment, version, folder)), number: deployment.latest_release + 1 }
}

async function stored(parts: WorkParts, number: number): Promise<Release> {
  const release = await parts.release(number)
  if (release !== undefined) return release
  throw new EngineError('release-gone', `release ${number} is not stored any more`, {
    class: 'user',
    hint: 'deploy another one',
  })
}

async function resolve(parts: WorkParts, release: Draft & { readonly number: number }): Promise<Resolved> {
  const { points, stacks, scope, deployment, data, operation } = parts
  const version = await stacks.version(scope, deployment.stack_id, release.stack_version)
  const folder = await checkOut(data, version)
  const resolved = await resolveRelease(points, scope, deployment, release, {
    operation: operation.id,
    folder,
    entry: version.entry,
  })
  parts.redact(resolved.redactor)
  return resolved
}

async function current(parts: WorkParts): Promise<Resolved> {
  const { deployment, operation } = parts
  if (deployment.current_release !== null) return resolve(parts, await stored(parts, deployment.current_release))
  return { desired: nothingDesired(deployment, operation.id), redactor: new Redactor([]) }
}

function storedFailure({ error }: OperationRow): Failure | undefined {
  if (error === null) return undefined
  // Stored by a worker from a Failure.
  return { ...error, class: error.class as Failure['class'], lines: error.lines ?? [] }
}

function emptyPlan(project: string): Plan {
  return { project, changes: [], fingerprint: '', impact: 'none', steps: [] }
}
