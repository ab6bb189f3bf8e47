import { sql as core } from './0001_core.ts'
import { sql as schedules } from './0002_schedules.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

/** In order, never changed once released. */
export const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'core', sql: core },
  { number: 2, name: 'schedules', sql: schedules },
]
