import type { Plan } from '@windflow/engine'
import type { Broker } from '../broker/broker.ts'
import { type Database, violatedUnique } from '../db/database.ts'
import { newId } from '../db/id.ts'
import type { Scope } from '../db/scope.ts'
import type { UnitOfWork } from '../db/unit-of-work.ts'
import type { PageRequest } from '../http/page.ts'
import type { Queue } from '../jobs/queue.ts'
import { DomainError, notFound } from '../kernel/errors.ts'
import { refuseDestroyed } from './deployments.ts'
import type { OperationKind } from './operation.ts'
import { type OperationRow, operationRepository as operations } from './operation-repository.ts'
import { type DeploymentRow, deploymentRepository } from './repository.ts'
import type { OperationRequest } from './schema.ts'

/** Channel that tells workers there is something to take. */
export const WAKE_CHANNEL = 'operations'

/** Channel that tells followers of one operation, and the worker that has it in hand, to look at it again. */
export function operationChannel(id: string): string {
  return `operation/${id}`
}

/** Asks for operations and steers them. Nothing is done here: the row is written, and a worker is woken. */
export class Operations {
  readonly #database: Database
  readonly #broker: Broker
  readonly #queue: Queue

  constructor(database: Database, broker: Broker, queue: Queue) {
    this.#database = database
    this.#broker = broker
    this.#queue = queue
  }

  /** @throws `conflict` when one is live already: a deployment has one at a time. */
  async request(
    scope: Scope,
    deploymentId: string,
    kind: OperationKind,
    request: OperationRequest,
    check: (deployment: DeploymentRow) => void = () => undefined,
  ): Promise<OperationRow> {
    let id = ''
    try {
      id = await this.#database.transaction((unit) => this.requestIn(unit, scope, deploymentId, kind, request, check))
    } catch (error) {
      if (violatedUnique(error) !== 'operation_live') throw error
      throw inProgress(undefined)
    }
    return this.get(scope, id)
  }

  /** The same in a transaction that does more. @returns the id of the operation */
  async requestIn(
    unit: UnitOfWork,
    scope: Scope,
    deploymentId: string,
    kind: OperationKind,
    request: OperationRequest,
    check: (deployment: DeploymentRow) => void = () => undefined,
  ): Promise<string> {
    const id = newId()
    const deployment = await deploymentRepository.locked(unit.query, scope, deploymentId)
    if (deployment === undefined) throw notFound('deployment')
    if (deployment.operation !== null) throw inProgress(deployment.operation)
    refuseDestroyed(deployment)
    check(deployment)
    if (request.release !== undefined) {
      const release = await deploymentRepository.release(unit.query, scope, deploymentId, request.release)
      if (release === undefined) throw notFound('release')
    }
    await operations.create(unit.query, scope, {
      id,
      deployment: deploymentId,
      target: deployment.target_id,
      kind,
      request,
      previousRelease: deployment.current_release,
    })
    await this.#queue.send(unit.query, { operation: id })
    unit.audit(scope, {
      action: `deployment.${kind}`,
      subject: `deployment/${deploymentId}`,
      after: { operation: id, ...request },
    })
    unit.event(scope, {
      type: 'operation.changed',
      subject: `operation/${id}`,
      data: { deployment: deploymentId, kind, state: 'queued' },
    })
    unit.afterCommit(() => this.#broker.publish(WAKE_CHANNEL, id))
    return id
  }

  async get(scope: Scope, id: string): Promise<OperationRow> {
    const operation = await operations.byId(this.#database.query, scope, id)
    if (operation === undefined) throw notFound('operation')
    return operation
  }

  async detail(scope: Scope, id: string) {
    const operation = await this.get(scope, id)
    const [steps, queuePosition] = await Promise.all([
      operations.steps(this.#database.query, scope, id),
      operations.queuePosition(this.#database.query, operation),
    ])
    return { operation, steps, queuePosition }
  }

  page(scope: Scope, filter: { deployment?: string; live?: boolean }, page: PageRequest) {
    return operations.page(this.#database.query, scope, filter, page)
  }

  log(scope: Scope, id: string, after: number, limit: number) {
    return operations.log(this.#database.query, scope, id, after, limit)
  }

  finished(scope: Scope, id: string): Promise<boolean> {
    return operations.finished(this.#database.query, scope, id)
  }

  /** Ends it at once when no worker has it in hand; otherwise asks the worker, which puts things right first. */
  async cancel(scope: Scope, id: string): Promise<OperationRow> {
    const before = await this.get(scope, id)
    await this.#database.transaction(async (unit) => {
      const idle = await operations.cancelIdle(unit.query, scope, id)
      const asked = idle || before.state === 'cancelling' || (await operations.requestCancel(unit.query, scope, id))
      if (!asked) {
        const now = await operations.byId(unit.query, scope, id)
        throw new DomainError(
          'conflict',
          'not-cancellable',
          `the operation is ${now?.state ?? before.state} and cannot be cancelled`,
          {
            extra: { state: now?.state ?? before.state },
          },
        )
      }
      if (before.state === 'cancelling') return
      const state = idle ? 'cancelled' : 'cancelling'
      unit.audit(scope, {
        action: 'operation.cancel',
        subject: `operation/${id}`,
        before: { state: before.state },
        after: { state },
      })
      unit.event(scope, {
        type: 'operation.changed',
        subject: `operation/${id}`,
        data: { deployment: before.deployment_id, kind: before.kind, state },
      })
    })
    this.#broker.publish(operationChannel(id), 'cancel')
    return this.get(scope, id)
  }

  /** @param fingerprint of the plan that was shown: another one must be shown first. */
  async approve(scope: Scope, id: string, fingerprint: string): Promise<OperationRow> {
    const before = await this.get(scope, id)
    const shown = fingerprintOf(before.plan)
    if (before.state === 'awaiting_approval' && shown !== fingerprint) {
      throw new DomainError('conflict', 'stale-plan', 'this is not the plan that waits for approval', {
        hint: 'read the operation again',
        extra: { fingerprint: shown },
      })
    }
    await this.#database.transaction(async (unit) => {
      if (!(await operations.approve(unit.query, scope, id, fingerprint))) {
        throw new DomainError(
          'conflict',
          'not-waiting',
          `the operation is ${before.state} and does not wait for approval`,
        )
      }
      await this.#queue.send(unit.query, { operation: id })
      unit.audit(scope, { action: 'operation.approve', subject: `operation/${id}`, after: { fingerprint } })
      unit.event(scope, {
        type: 'operation.changed',
        subject: `operation/${id}`,
        data: { deployment: before.deployment_id, kind: before.kind, state: 'queued' },
      })
    })
    this.#broker.publish(WAKE_CHANNEL, id)
    return this.get(scope, id)
  }
}

function fingerprintOf(plan: unknown): string | undefined {
  // Written by a worker, from a Plan.
  return (plan as Plan | null)?.fingerprint
}

function inProgress(operation: string | undefined): DomainError {
  return new DomainError(
    'conflict',
    'operation-in-progress',
    'another operation of this deployment has not ended yet',
    {
      hint: 'wait for it, or cancel it',
      ...(operation === undefined ? {} : { extra: { operation } }),
    },
  )
}
