import { type TSchema, Type } from 'typebox'
import { DomainError } from '../kernel/errors.ts'
import { closed } from './validation.ts'

export const PageQuery = {
  cursor: Type.Optional(
    Type.String({ maxLength: 200, description: 'Where the next page begins: `next` of the page before' }),
  ),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
}

export interface PageRequest {
  readonly cursor?: string
  readonly limit: number
}

export interface Page<T> {
  readonly items: T[]
  /** Absent on the last page. */
  readonly next?: string
}

export function pageOf<T extends TSchema>(item: T) {
  return closed({ items: Type.Array(item), next: Type.Optional(Type.String()) })
}

/** Rows were asked for with `limit + 1`: one more than fits says that there is a next page, which begins after `key`. */
export function toPage<Row, T>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => string,
  view: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? Buffer.from(key(last)).toString('base64url') : undefined
  return { items: shown.map(view), ...(next === undefined ? {} : { next }) }
}

/**
 * What a cursor was made of.
 * @param pattern what it must look like: it comes from outside.
 */
export function afterCursor(page: PageRequest, pattern: RegExp): string | undefined {
  if (page.cursor === undefined) return undefined
  const key = Buffer.from(page.cursor, 'base64url').toString('utf8')
  if (pattern.test(key)) return key
  throw new DomainError('invalid', 'invalid-input', 'the cursor is not one that this list gave', {
    fields: [{ path: '/cursor', message: 'take it from `next` of the page before' }],
    extra: { in: 'query' },
  })
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
export const NUMBER = /^\d{1,15}$/

export const Id = Type.String({ pattern: UUID.source, description: 'UUID' })
