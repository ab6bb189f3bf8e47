import {
  type Driver,
  EngineError,
  type Failure,
  FencedError,
  type Outcome,
  type Plan,
  type StepEvent,
  toFailure,
} from '@windflow/engine'
import type { Broker } from '../../broker/broker.ts'
import type { Database } from '../../db/database.ts'
import { type Scope, systemScope } from '../../db/scope.ts'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { DomainError } from '../../kernel/errors.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Points } from '../../kernel/points.ts'
import { Redactor } from '../../secrets/redactor.ts'
import type { Stacks } from '../../stacks/stacks.ts'
import type { Targets } from '../../targets/targets.ts'
import { finalState, type OperationState } from '../operation.ts'
import type { OperationRow } from '../operation-repository.ts'
import { operationChannel } from '../operations.ts'
import { type DeploymentRow, deploymentRepository } from '../repository.ts'
import type { OperationError } from '../schema.ts'
import type { Draft } from './desired.ts'
import { Journal } from './journal.ts'
import { Lease } from './lease.ts'
import { leaseRepository } from './lease-repository.ts'
import { type WorkEnd, work } from './work.ts'

export interface RunnerParts {
  readonly database: Database
  readonly broker: Broker
  readonly points: Points
  readonly stacks: Stacks
  readonly targets: Targets
  readonly log: Logger
  readonly data: string
  readonly leaseSeconds: number
  /** For people who meet the lock on the target. */
  readonly workerName: string
}

const LOCK_WAIT_MS = 60_000
const BEGIN_ATTEMPTS = 3
const PAUSE_MS = 1000

/** One operation in the hands of this worker. */
export class Run {
  readonly operation: OperationRow
  readonly #parts: RunnerParts
  readonly #scope: Scope
  readonly #lease: Lease
  readonly #journal: Journal
  #redactor = new Redactor([])
  #state: OperationState
  /** The state that was last asked for: moves are stored one after the other. */
  #wanted: OperationState
  #moves: Promise<void> = Promise.resolve()
  #running = new Map<string, string>()
  #failure: Failure | undefined
  #parked: Plan | undefined
  #handingOver = false

  constructor(parts: RunnerParts, operation: OperationRow, claimedAt: number) {
    this.#parts = parts
    this.operation = operation
    this.#state = operation.state
    this.#wanted = operation.state
    this.#scope = systemScope(operation.organization_id, parts.workerName)
    const fence = { operation: operation.id, number: operation.fence }
    this.#lease = new Lease(parts.database, fence, parts.leaseSeconds, operation.deployment_id, claimedAt)
    this.#journal = new Journal(parts, fence, operation.attempts, this.#redactor)
  }

  /** Stops working without ending the operation: another worker goes on from here. */
  handOver(): void {
    this.#handingOver = true
    this.#lease.lose()
  }

  /** Works until the operation has ended, is parked, or is no longer ours. Never rejects. */
  async run(): Promise<void> {
    const { broker, database, log } = this.#parts
    const { id } = this.operation
    const unsubscribe = broker.subscribe(operationChannel(id), (message) => {
      if (message === 'cancel' || message === undefined) void this.#lease.renew()
    })
    try {
      if (this.operation.attempts > 1)
        this.#journal.line('warn', `taken over by ${this.#parts.workerName} (attempt ${this.operation.attempts})`)
      else this.#journal.line('info', `${this.operation.kind} begins on ${this.#parts.workerName}`)
      const end = await this.#attempt()
      if (this.#lease.lost.aborted) return
      if (this.#parked !== undefined) await this.#park(this.#parked)
      else await this.#finish(end)
    } catch (error) {
      if (!this.#lease.lost.aborted)
        log.error({ err: error, operation: id }, 'an operation could not be ended; it will be taken up again')
    } finally {
      this.#lease.close()
      await unsubscribe()
      await this.#journal.close()
      if (this.#handingOver) {
        await leaseRepository.handOver(database.query, this.#lease.fence).catch((error: unknown) => {
          log.warn({ err: error, operation: id }, 'not handed over: its lease has to run out')
        })
      }
    }
  }

  /** Tries again what could not begin for a reason that passes; everything else is an outcome. */
  async #attempt(): Promise<WorkEnd> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#work()
      } catch (error) {
        if (this.#lease.lost.aborted) throw error
        if (this.#lease.cancelled.aborted) return none({ status: 'cancelled', warnings: [], steps: [] })
        const passes = error instanceof EngineError && error.class === 'transient' && !(error instanceof FencedError)
        if (!passes || attempt === BEGIN_ATTEMPTS) {
          if (!(error instanceof EngineError) && !(error instanceof DomainError)) {
            this.#parts.log.error({ err: error, operation: this.operation.id }, 'unexpected error in an operation')
          }
          return none({ status: 'failed', failure: failureOf(error), warnings: [], steps: [] })
        }
        this.#journal.line('warn', `again after: ${error.message}`)
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt))
      }
    }
  }

  async #work(): Promise<WorkEnd> {
    const { points, targets, stacks, database, data } = this.#parts
    const { operation } = this
    const deployment = await deploymentRepository.byId(database.query, this.#scope, operation.deployment_id)
    if (deployment === undefined) throw new DomainError('not-found', 'not-found', 'the deployment is gone')
    const target = await targets.get(this.#scope, operation.target_id)
    const factory = points.get('targetDriver', target.kind)
    if (factory === undefined) {
      throw new EngineError('no-driver', `nothing here drives targets of the kind "${target.kind}"`, {
        class: 'user',
        hint: 'switch its extension on',
      })
    }
    const driver: Driver = await factory.open(await targets.connection(this.#scope, target.id))
    try {
      return await work({
        data,
        points,
        stacks,
        scope: this.#scope,
        operation,
        deployment,
        driver,
        options: {
          owner: `WindFlow operation ${operation.id} (${this.#parts.workerName})`,
          waitMs: LOCK_WAIT_MS,
          signal: AbortSignal.any([this.#lease.cancelled, this.#lease.lost]),
          fence: () => this.#lease.check(),
          onEvent: (event) => this.#onEvent(event),
          ...(operation.request.consent === undefined ? {} : { consent: operation.request.consent }),
        },
        release: (number) => deploymentRepository.release(database.query, this.#scope, deployment.id, number),
        redact: (redactor) => {
          this.#redactor = this.#redactor.and(redactor)
          this.#journal.redactWith(this.#redactor)
        },
        approve: (plan, draft) => this.#approve(deployment, plan, draft),
        restoring: async (failure) => {
          this.#failure = failure ?? this.#failure
          await this.#restoring()
        },
      })
    } finally {
      await driver.close().catch(() => undefined)
    }
  }

  /** Stores the plan that is about to be carried out, with the release it brings up; or parks it for a person. */
  async #approve(
    deployment: DeploymentRow,
    plan: Plan,
    draft: (Draft & { readonly number: number }) | undefined,
  ): Promise<boolean> {
    const { operation } = this
    const asks = deployment.options.approval && this.#state === 'planning'
    if (asks && operation.approved_fingerprint !== plan.fingerprint) {
      this.#parked = plan
      return false
    }
    const moved = await this.#parts.database.transaction(async (unit) => {
      const first = draft !== undefined && operation.release === null
      const release = first ? { release: draft.number } : {}
      if (this.#state !== 'planning')
        return leaseRepository.note(unit.query, this.#lease.fence, { plan: this.#redactor.value(plan) })
      if (
        !(await leaseRepository.move(unit.query, this.#lease.fence, 'applying', {
          plan: this.#redactor.value(plan),
          ...release,
        }))
      )
        return false
      const locked = await deploymentRepository.locked(unit.query, this.#scope, deployment.id)
      if (first && draft.number > (locked?.latest_release ?? 0)) {
        await deploymentRepository.addRelease(unit.query, this.#scope, deployment.id, {
          number: draft.number,
          stack_version: draft.stack_version,
          model: draft.model,
          secrets: draft.secrets,
          environment: draft.environment,
          digests: {},
          reason: operation.request.reason,
          author: operation.author,
          operation_id: operation.id,
        })
      }
      this.#tell(unit, 'applying')
      return true
    })
    if (!moved) {
      await this.#lease.renew()
      if (this.#lease.lost.aborted) throw new FencedError(plan.project)
      return false
    }
    if (this.#state === 'planning') {
      this.#state = 'applying'
      this.#wanted = 'applying'
    }
    this.#journal.plan(plan)
    return true
  }

  #onEvent(event: StepEvent): void {
    // What happens after the lease is lost ends at the fence, and is the story of whoever goes on.
    if (this.#lease.lost.aborted) return
    if (event.type === 'step-started') this.#running.set(`${event.restore}/${event.step.id}`, event.step.action)
    if (event.type === 'step-ended') {
      this.#running.delete(`${event.restore}/${event.step.id}`)
      if (event.error !== undefined && event.result.status === 'failed' && !event.restore)
        this.#failure ??= toFailure(event.error, event.step)
    }
    this.#journal.event(event)
    if (event.type === 'restore-started') void this.#restoring()
    else if (event.type === 'step-started' && !event.restore) {
      const actions = [...this.#running.values()]
      if (actions.every((action) => action === 'gate')) this.#shift('verifying')
      else if (this.#wanted === 'verifying') this.#shift('applying')
    }
  }

  #restoring(): Promise<void> {
    const error = this.#failure === undefined ? {} : { error: this.#errorOf(this.#failure) }
    this.#shift('rolling_back', error)
    return this.#moves
  }

  /** Shows a change of state, in order with the others. Where the state cannot change any more, it stays. */
  #shift(to: OperationState, change: { error?: OperationError } = {}): void {
    if (this.#wanted === to) return
    this.#wanted = to
    const moved = this.#moves.then(async () => {
      try {
        await this.#parts.database.transaction(async (unit) => {
          if (!(await leaseRepository.move(unit.query, this.#lease.fence, to, change))) return
          this.#state = to
          this.#tell(unit, to)
        })
      } catch (error) {
        this.#parts.log.warn({ err: error, operation: this.operation.id, to }, 'the state is shown late')
      }
    })
    this.#moves = moved
  }

  #tell(unit: UnitOfWork, state: OperationState): void {
    const { id, deployment_id: deployment, kind } = this.operation
    unit.event(this.#scope, {
      type: 'operation.changed',
      subject: `operation/${id}`,
      data: { deployment, kind, state },
    })
  }

  async #park(plan: Plan): Promise<void> {
    this.#journal.line('info', 'waits for approval of its plan')
    await this.#journal.close()
    await this.#parts.database.transaction(async (unit) => {
      const change = { plan: this.#redactor.value(plan), approvedFingerprint: null, release_lease: true }
      if (await leaseRepository.move(unit.query, this.#lease.fence, 'awaiting_approval', change))
        this.#tell(unit, 'awaiting_approval')
    })
    this.#parts.broker.publish(operationChannel(this.operation.id), 'state')
  }

  /** Stores the end: the operation, what it means for the deployment, and the account of it, in one transaction. */
  async #finish({ outcome, plan, release }: WorkEnd): Promise<void> {
    await this.#moves
    const { operation } = this
    const cancelled = this.#lease.cancelled.aborted
    const state = finalState(outcome.status, cancelled)
    const error = outcome.rollbackFailure ?? (state === 'succeeded' ? undefined : (outcome.failure ?? this.#failure))
    for (const warning of outcome.warnings) this.#journal.line('warn', warning.message)
    if (error !== undefined && state !== 'cancelled') this.#journal.line('error', error.message)
    this.#journal.line('info', `${operation.kind} ${state.replaceAll('_', ' ')}`)
    await this.#journal.close()
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#store(state, outcome, plan, release, error)
        break
      } catch (failure) {
        // Without the database nothing can be stored; the lease is kept meanwhile, and lost if that takes too long.
        if (this.#lease.lost.aborted || attempt > 60) throw failure
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    }
    this.#parts.broker.publish(operationChannel(operation.id), 'state')
  }

  async #store(
    state: OperationState,
    outcome: Outcome,
    plan: Plan | undefined,
    release: number | undefined,
    error: Failure | undefined,
  ): Promise<void> {
    const { operation } = this
    await this.#parts.database.transaction(async (unit) => {
      const change = {
        final: true,
        ...(error === undefined ? {} : { error: this.#errorOf(error) }),
        ...(plan !== undefined && outcome.status === 'unchanged' ? { plan: this.#redactor.value(plan) } : {}),
      }
      if (!(await leaseRepository.move(unit.query, this.#lease.fence, state, change))) return
      const deployment = await deploymentRepository.locked(unit.query, this.#scope, operation.deployment_id)
      if (deployment === undefined) return
      const settled = settledState(operation, deployment, state, outcome, release)
      await deploymentRepository.settle(unit.query, this.#scope, deployment.id, settled)
      this.#tell(unit, state)
      unit.event(this.#scope, {
        type: 'deployment.changed',
        subject: `deployment/${deployment.id}`,
        data: { name: deployment.name, state: settled.state },
      })
      unit.audit(this.#scope, {
        action: 'operation.end',
        subject: `operation/${operation.id}`,
        after: { state, release: settled.current_release },
      })
    })
  }

  #errorOf(failure: Failure): OperationError {
    const { class: kind, code, message, hint, step, lines } = failure
    const bug =
      kind === 'bug'
        ? {
            message: 'something went wrong that should not; the log of the worker has it',
            hint: `operation ${this.operation.id}`,
          }
        : {}
    return this.#redactor.value({
      class: kind,
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(step === undefined ? {} : { step }),
      ...(lines.length === 0 ? {} : { lines: [...lines] }),
      ...bug,
    })
  }
}

function none(outcome: Outcome): WorkEnd {
  return { outcome, plan: undefined, release: undefined }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof DomainError)) return toFailure(error)
  return {
    class: 'user',
    code: error.code,
    message: error.message,
    lines: [],
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  }
}

/** What a deployment is after an operation. The state before stays where the operation left, or put back, everything. */
function settledState(
  operation: OperationRow,
  deployment: DeploymentRow,
  state: OperationState,
  outcome: Outcome,
  release: number | undefined,
) {
  if (state === 'rollback_failed') return { state: 'failed' }
  if (state !== 'succeeded') return { state: deployment.state }
  switch (operation.kind) {
    case 'deploy':
    case 'rollback': {
      const exists = release !== undefined && release <= deployment.latest_release
      const inPlace = outcome.status === 'succeeded' || operation.kind === 'rollback' || operation.release !== null
      return { state: 'running', ...(exists && inPlace ? { current_release: release } : {}) }
    }
    case 'stop':
      return { state: operation.request.services === undefined ? 'stopped' : deployment.state }
    case 'start':
    case 'restart':
      return { state: 'running' }
    case 'destroy':
      return { state: 'destroyed', current_release: null, destroyed: true }
  }
}
