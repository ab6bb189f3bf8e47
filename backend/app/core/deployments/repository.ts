import { sql } from 'kysely'
import type { Query } from '../db/database.ts'
import type { Scope } from '../db/scope.ts'
import { afterCursor, NUMBER, type PageRequest, UUID } from '../http/page.ts'
import type { ParsedReference } from '../secrets/reference.ts'
import type { DeploymentOptionsValue } from './schema.ts'

export interface DeploymentRow {
  readonly id: string
  readonly organization_id: string
  readonly name: string
  readonly project: string
  readonly target_id: string
  readonly stack_id: string
  readonly stack_version: number
  readonly variables: Record<string, string>
  readonly options: DeploymentOptionsValue
  readonly current_release: number | null
  readonly latest_release: number
  readonly state: string
  readonly drift: Drift | null
  readonly revision: number
  readonly created_at: Date
  readonly operation: string | null
}

/** How what runs differs from the current release, when somebody looked. */
export interface Drift {
  readonly checkedAt: string
  /** Present when it could not be looked at. */
  readonly reason?: string
  readonly changes: readonly { readonly resource: string; readonly action: string; readonly reason: string }[]
}

export interface Release {
  readonly number: number
  readonly stack_version: number
  readonly model: unknown
  readonly digests: unknown
  readonly secrets: Required<ParsedReference>[]
  /** Values of the variables that configs and secrets of the model are made from; placeholders for secrets. */
  readonly environment: Record<string, string>
  readonly reason: string
  readonly author: string
  readonly operation_id: string
  readonly created_at: Date
}

function rows(query: Query, scope: Scope) {
  return query
    .selectFrom('deployment')
    .leftJoin('operation', (join) =>
      join.onRef('operation.deployment_id', '=', 'deployment.id').on('operation.finished_at', 'is', null),
    )
    .selectAll('deployment')
    .select('operation.id as operation')
    .where('deployment.organization_id', '=', scope.organization)
}

/** Deployments and their releases. */
export const deploymentRepository = {
  async page(
    query: Query,
    scope: Scope,
    filter: { stack?: string; target?: string; search?: string },
    page: PageRequest,
  ): Promise<readonly DeploymentRow[]> {
    let found = rows(query, scope)
      .where('destroyed_at', 'is', null)
      .orderBy('deployment.id')
      .limit(page.limit + 1)
    if (filter.stack !== undefined) found = found.where('stack_id', '=', filter.stack)
    if (filter.target !== undefined) found = found.where('deployment.target_id', '=', filter.target)
    if (filter.search !== undefined)
      found = found.where('name', 'ilike', `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`)
    const after = afterCursor(page, UUID)
    if (after !== undefined) found = found.where('deployment.id', '>', after)
    return (await found.execute()).map(toDeployment)
  },

  async byId(query: Query, scope: Scope, id: string): Promise<DeploymentRow | undefined> {
    const row = await rows(query, scope).where('deployment.id', '=', id).executeTakeFirst()
    return row && toDeployment(row)
  },

  /** The deployment, locked until the transaction ends: what is decided on it stays true. */
  async locked(query: Query, scope: Scope, id: string): Promise<DeploymentRow | undefined> {
    await query
      .selectFrom('deployment')
      .select('id')
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .forUpdate()
      .execute()
    return deploymentRepository.byId(query, scope, id)
  },

  async create(
    query: Query,
    scope: Scope,
    deployment: {
      id: string
      name: string
      project: string
      target_id: string
      stack_id: string
      stack_version: number
      variables: Record<string, string>
      options: DeploymentOptionsValue
    },
  ): Promise<void> {
    await query
      .insertInto('deployment')
      .values({
        ...deployment,
        organization_id: scope.organization,
        variables: JSON.stringify(deployment.variables),
        options: JSON.stringify(deployment.options),
        state: 'new',
        current_release: null,
        drift: null,
        destroyed_at: null,
      })
      .execute()
  },

  async update(
    query: Query,
    scope: Scope,
    id: string,
    change: { stack_version?: number; variables?: Record<string, string>; options?: DeploymentOptionsValue },
  ): Promise<void> {
    const { variables, options, stack_version } = change
    await query
      .updateTable('deployment')
      .set({
        revision: sql<number>`revision + 1`,
        ...(stack_version === undefined ? {} : { stack_version }),
        ...(variables === undefined ? {} : { variables: JSON.stringify(variables) }),
        ...(options === undefined ? {} : { options: JSON.stringify(options) }),
      })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .execute()
  },

  /** What an operation left behind. */
  async settle(
    query: Query,
    scope: Scope,
    id: string,
    change: { state: string; current_release?: number | null; destroyed?: boolean },
  ): Promise<void> {
    await query
      .updateTable('deployment')
      .set({
        state: change.state,
        // Looked at again soon; what was seen is of the time before.
        drift: null,
        revision: sql<number>`revision + 1`,
        ...(change.current_release === undefined ? {} : { current_release: change.current_release }),
        ...(change.destroyed === true ? { destroyed_at: sql<Date>`now()` } : {}),
      })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .execute()
  },

  async setDrift(query: Query, scope: Scope, id: string, drift: Drift): Promise<void> {
    await query
      .updateTable('deployment')
      .set({ drift: JSON.stringify(drift) })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .execute()
  },

  /** Running deployments of all organizations that nobody works on, those not looked at for longest first. */
  async toWatch(
    query: Query,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly organization_id: string }[]> {
    return query
      .selectFrom('deployment')
      .leftJoin('operation', (join) =>
        join.onRef('operation.deployment_id', '=', 'deployment.id').on('operation.finished_at', 'is', null),
      )
      .select(['deployment.id', 'deployment.organization_id'])
      .where('deployment.state', '=', 'running')
      .where('operation.id', 'is', null)
      .where('current_release', 'is not', null)
      .orderBy(sql`drift ->> 'checkedAt'`, (order) => order.asc().nullsFirst())
      .limit(limit)
      .execute()
  },

  async delete(query: Query, scope: Scope, id: string): Promise<void> {
    await query
      .deleteFrom('deployment')
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .execute()
  },

  async releases(query: Query, scope: Scope, deployment: string, page: PageRequest) {
    let found = query
      .selectFrom('release')
      .innerJoin('deployment', 'deployment.id', 'release.deployment_id')
      .select([
        'release.number',
        'release.stack_version',
        'release.reason',
        'release.author',
        'release.operation_id',
        'release.created_at',
      ])
      .where('deployment.organization_id', '=', scope.organization)
      .where('deployment.id', '=', deployment)
      .orderBy('release.number', 'desc')
      .limit(page.limit + 1)
    const before = afterCursor(page, NUMBER)
    if (before !== undefined) found = found.where('release.number', '<', Number(before))
    return found.execute()
  },

  async release(query: Query, scope: Scope, deployment: string, number: number): Promise<Release | undefined> {
    const row = await query
      .selectFrom('release')
      .innerJoin('deployment', 'deployment.id', 'release.deployment_id')
      .selectAll('release')
      .where('deployment.organization_id', '=', scope.organization)
      .where('deployment.id', '=', deployment)
      .where('release.number', '=', number)
      .executeTakeFirst()
    // Written by `addRelease` alone.
    return row && { ...row, secrets: row.secrets as Required<ParsedReference>[] }
  },

  /** Stores a release under the next number of the deployment, which must be locked. */
  async addRelease(
    query: Query,
    scope: Scope,
    deployment: string,
    release: Omit<Release, 'created_at'>,
  ): Promise<void> {
    await query
      .updateTable('deployment')
      .set({ latest_release: release.number })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', deployment)
      .execute()
    await query
      .insertInto('release')
      .values({
        ...release,
        deployment_id: deployment,
        model: JSON.stringify(release.model),
        digests: JSON.stringify(release.digests),
        secrets: JSON.stringify(release.secrets),
        environment: JSON.stringify(release.environment),
      })
      .execute()
  },
}

function toDeployment(
  row: Omit<DeploymentRow, 'options' | 'drift'> & { options: unknown; drift: unknown },
): DeploymentRow {
  // Written by `create`, `update` and `setDrift` alone.
  return { ...row, options: row.options as DeploymentOptionsValue, drift: row.drift as Drift | null }
}
