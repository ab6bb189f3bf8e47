import { sql } from 'kysely'
import type { Query } from '../db/database.ts'
import type { Scope } from '../db/scope.ts'
import { afterCursor, type PageRequest, UUID } from '../http/page.ts'
import { type OperationKind, type OperationState, origins } from './operation.ts'
import type { OperationError, OperationRequest } from './schema.ts'

export interface OperationRow {
  readonly id: string
  readonly organization_id: string
  readonly deployment_id: string
  readonly target_id: string
  readonly position: number
  readonly kind: OperationKind
  readonly state: OperationState
  readonly request: OperationRequest
  readonly plan: unknown
  readonly approved_fingerprint: string | null
  readonly release: number | null
  readonly previous_release: number | null
  readonly error: OperationError | null
  readonly author: string
  readonly author_id: string | null
  readonly fence: number
  readonly attempts: number
  readonly cancel_requested_at: Date | null
  readonly created_at: Date
  readonly started_at: Date | null
  readonly finished_at: Date | null
}

export interface LogLine {
  readonly number: number
  readonly time: Date
  readonly level: string
  readonly step: string | null
  readonly text: string
}

/** Columns but the plan, which is large and seldom wanted. */
const SUMMARY = [
  'id',
  'organization_id',
  'deployment_id',
  'target_id',
  'position',
  'kind',
  'state',
  'request',
  'approved_fingerprint',
  'release',
  'previous_release',
  'error',
  'author',
  'author_id',
  'fence',
  'attempts',
  'cancel_requested_at',
  'created_at',
  'started_at',
  'finished_at',
] as const

/** Operations as persons see and steer them. What a worker does is in `worker/lease-repository.ts`. */
export const operationRepository = {
  async page(
    query: Query,
    scope: Scope,
    filter: { deployment?: string; live?: boolean },
    page: PageRequest,
  ): Promise<readonly OperationRow[]> {
    let rows = query
      .selectFrom('operation')
      .select(SUMMARY)
      .where('organization_id', '=', scope.organization)
      .orderBy('id', 'desc')
      .limit(page.limit + 1)
    if (filter.deployment !== undefined) rows = rows.where('deployment_id', '=', filter.deployment)
    if (filter.live === true) rows = rows.where('finished_at', 'is', null)
    const before = afterCursor(page, UUID)
    if (before !== undefined) rows = rows.where('id', '<', before)
    return (await rows.execute()).map((row) => toOperation({ ...row, plan: null }))
  },

  async byId(query: Query, scope: Scope, id: string): Promise<OperationRow | undefined> {
    const row = await query
      .selectFrom('operation')
      .select([...SUMMARY, 'plan'])
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .executeTakeFirst()
    return row && toOperation(row)
  },

  async create(
    query: Query,
    scope: Scope,
    operation: {
      id: string
      deployment: string
      target: string
      kind: OperationKind
      request: OperationRequest
      previousRelease: number | null
    },
  ): Promise<void> {
    const { actor } = scope
    await query
      .insertInto('operation')
      .values({
        id: operation.id,
        organization_id: scope.organization,
        deployment_id: operation.deployment,
        target_id: operation.target,
        kind: operation.kind,
        state: 'queued',
        request: JSON.stringify(operation.request),
        previous_release: operation.previousRelease,
        author: actor.name,
        author_id: actor.kind === 'account' ? actor.id : null,
        plan: null,
        error: null,
        approved_fingerprint: null,
        release: null,
        lease_owner: null,
        lease_expires_at: null,
        cancel_requested_at: null,
        started_at: null,
        finished_at: null,
      })
      .execute()
  },

  /** How many operations of the target are before this one and not yet in hand, itself included. */
  async queuePosition(query: Query, operation: OperationRow): Promise<number | undefined> {
    if (operation.state !== 'queued') return undefined
    const row = await query
      .selectFrom('operation')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('target_id', '=', operation.target_id)
      .where('state', '=', 'queued')
      .where('finished_at', 'is', null)
      .where('position', '<=', operation.position)
      .executeTakeFirst()
    return row?.count
  },

  /** Ends an operation no worker has in hand. False when one has. */
  async cancelIdle(query: Query, scope: Scope, id: string): Promise<boolean> {
    const { numUpdatedRows } = await query
      .updateTable('operation')
      .set({
        state: 'cancelled',
        finished_at: sql<Date>`now()`,
        cancel_requested_at: sql<Date>`now()`,
        revision: sql<number>`revision + 1`,
      })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .where('state', 'in', [...origins('cancelled', 'person')])
      .executeTakeFirst()
    return numUpdatedRows === 1n
  },

  /** Asks the worker that has it in hand to end it. False when it is past that. */
  async requestCancel(query: Query, scope: Scope, id: string): Promise<boolean> {
    const { numUpdatedRows } = await query
      .updateTable('operation')
      .set({ state: 'cancelling', cancel_requested_at: sql<Date>`now()`, revision: sql<number>`revision + 1` })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .where('state', 'in', [...origins('cancelling', 'person')])
      .executeTakeFirst()
    return numUpdatedRows === 1n
  },

  async approve(query: Query, scope: Scope, id: string, fingerprint: string): Promise<boolean> {
    const { numUpdatedRows } = await query
      .updateTable('operation')
      .set({ state: 'queued', approved_fingerprint: fingerprint, revision: sql<number>`revision + 1` })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .where('state', 'in', [...origins('queued', 'person')])
      .executeTakeFirst()
    return numUpdatedRows === 1n
  },

  async steps(query: Query, scope: Scope, id: string) {
    return query
      .selectFrom('operation_step')
      .innerJoin('operation', 'operation.id', 'operation_step.operation_id')
      .selectAll('operation_step')
      .where('operation.organization_id', '=', scope.organization)
      .where('operation.id', '=', id)
      .orderBy('operation_step.attempt')
      .orderBy('operation_step.number')
      .execute()
  },

  async log(query: Query, scope: Scope, id: string, after: number, limit: number): Promise<readonly LogLine[]> {
    return query
      .selectFrom('operation_log')
      .innerJoin('operation', 'operation.id', 'operation_log.operation_id')
      .select([
        'operation_log.number',
        'operation_log.time',
        'operation_log.level',
        'operation_log.step',
        'operation_log.text',
      ])
      .where('operation.organization_id', '=', scope.organization)
      .where('operation.id', '=', id)
      .where('operation_log.number', '>', after)
      .orderBy('operation_log.number')
      .limit(limit)
      .execute()
  },

  async finished(query: Query, scope: Scope, id: string): Promise<boolean> {
    const row = await query
      .selectFrom('operation')
      .select('finished_at')
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .executeTakeFirst()
    return row === undefined || row.finished_at !== null
  },
}

export function toOperation(
  row: Omit<OperationRow, 'kind' | 'state' | 'request' | 'error'> & {
    kind: string
    state: string
    request: unknown
    error: unknown
  },
): OperationRow {
  // Written by this repository and the worker's alone, from these very types.
  return {
    ...row,
    kind: row.kind as OperationKind,
    state: row.state as OperationState,
    request: row.request as OperationRequest,
    error: row.error as OperationError | null,
  }
}
