import { sql } from 'kysely'
import type { Query } from '../db/database.ts'
import type { Scope } from '../db/scope.ts'
import { afterCursor, NUMBER, type PageRequest, UUID } from '../http/page.ts'
import type { StackFileValue, VariableValue } from './schema.ts'

export interface StackRow {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly latest_version: number
  readonly revision: number
  readonly created_at: Date
}

export interface StackVersion {
  readonly number: number
  readonly files: StackFileValue[]
  readonly entry: string[]
  readonly variables: VariableValue[]
  readonly digest: string
  readonly note: string
  readonly created_by: string | null
  readonly created_at: Date
}

/** Stacks and their versions, which are only ever added. */
export const stackRepository = {
  async page(query: Query, scope: Scope, search: string | undefined, page: PageRequest): Promise<readonly StackRow[]> {
    let rows = query
      .selectFrom('stack')
      .selectAll()
      .where('organization_id', '=', scope.organization)
      .orderBy('id')
      .limit(page.limit + 1)
    if (search !== undefined) rows = rows.where('name', 'ilike', `%${search.replace(/[\\%_]/g, '\\$&')}%`)
    const after = afterCursor(page, UUID)
    if (after !== undefined) rows = rows.where('id', '>', after)
    return rows.execute()
  },

  async byId(query: Query, scope: Scope, id: string): Promise<StackRow | undefined> {
    return query
      .selectFrom('stack')
      .selectAll()
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .executeTakeFirst()
  },

  async create(query: Query, scope: Scope, stack: { id: string; name: string; description: string }): Promise<void> {
    await query
      .insertInto('stack')
      .values({ ...stack, organization_id: scope.organization })
      .execute()
  },

  async update(query: Query, scope: Scope, id: string, change: { name?: string; description?: string }): Promise<void> {
    await query
      .updateTable('stack')
      .set({ ...change, revision: sql<number>`revision + 1` })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .execute()
  },

  /** @returns the next number; the stack stays locked until the transaction ends. */
  async nextVersion(query: Query, scope: Scope, id: string): Promise<number | undefined> {
    const row = await query
      .updateTable('stack')
      .set({ latest_version: sql<number>`latest_version + 1`, revision: sql<number>`revision + 1` })
      .where('organization_id', '=', scope.organization)
      .where('id', '=', id)
      .returning('latest_version')
      .executeTakeFirst()
    return row?.latest_version
  },

  async addVersion(query: Query, stack: string, version: Omit<StackVersion, 'created_at'>): Promise<void> {
    await query
      .insertInto('stack_version')
      .values({
        ...version,
        stack_id: stack,
        files: JSON.stringify(version.files),
        entry: JSON.stringify(version.entry),
        variables: JSON.stringify(version.variables),
      })
      .execute()
  },

  async versions(query: Query, scope: Scope, stack: string, page: PageRequest) {
    let rows = query
      .selectFrom('stack_version')
      .innerJoin('stack', 'stack.id', 'stack_version.stack_id')
      .select([
        'stack_version.number',
        'stack_version.digest',
        'stack_version.note',
        'stack_version.created_by',
        'stack_version.created_at',
      ])
      .where('stack.organization_id', '=', scope.organization)
      .where('stack.id', '=', stack)
      .orderBy('stack_version.number', 'desc')
      .limit(page.limit + 1)
    const before = afterCursor(page, NUMBER)
    if (before !== undefined) rows = rows.where('stack_version.number', '<', Number(before))
    return rows.execute()
  },

  async version(query: Query, scope: Scope, stack: string, number: number): Promise<StackVersion | undefined> {
    const row = await query
      .selectFrom('stack_version')
      .innerJoin('stack', 'stack.id', 'stack_version.stack_id')
      .selectAll('stack_version')
      .where('stack.organization_id', '=', scope.organization)
      .where('stack.id', '=', stack)
      .where('stack_version.number', '=', number)
      .executeTakeFirst()
    if (row === undefined) return undefined
    // Written by `addVersion` alone, from these very types.
    const { files, entry, variables, stack_id: _stack, ...rest } = row
    return {
      ...rest,
      files: files as StackFileValue[],
      entry: entry as string[],
      variables: variables as VariableValue[],
    }
  },

  async deployments(query: Query, scope: Scope, stack: string): Promise<number> {
    const row = await query
      .selectFrom('deployment')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('organization_id', '=', scope.organization)
      .where('stack_id', '=', stack)
      .executeTakeFirst()
    return row?.count ?? 0
  },

  async delete(query: Query, scope: Scope, id: string): Promise<void> {
    await query.deleteFrom('stack').where('organization_id', '=', scope.organization).where('id', '=', id).execute()
  },
}
