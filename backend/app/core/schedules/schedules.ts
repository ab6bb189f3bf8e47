import { Cron } from 'croner'
import { type Database, violatedUnique } from '../db/database.ts'
import { newId } from '../db/id.ts'
import { type Scope, systemScope } from '../db/scope.ts'
import type { Deployments } from '../deployments/deployments.ts'
import type { Operations } from '../deployments/operations.ts'
import { DomainError, notFound } from '../kernel/errors.ts'
import { scheduleRepository as repository, type ScheduleKind, type ScheduleRow } from './repository.ts'

/**
 * When a schedule is due next after a time; `undefined` when never.
 * @throws DomainError when the expression (five fields) or the time zone (IANA) is not valid
 */
export function nextRun(cron: string, timezone: string, after: Date): Date | undefined {
  try {
    if (cron.trim().split(/\s+/).length !== 5) throw new Error('write five fields: minute, hour, day, month, weekday')
    return new Cron(cron, { timezone, paused: true }).nextRun(after) ?? undefined
  } catch (error) {
    throw new DomainError('invalid', 'invalid-input', 'the schedule is not valid', {
      fields: [{ path: '/cron', message: error instanceof Error ? error.message : String(error) }],
      extra: { in: 'body' },
    })
  }
}

/** Operations asked for by the clock. */
export class Schedules {
  readonly #database: Database
  readonly #deployments: Deployments
  readonly #operations: Operations

  constructor(database: Database, deployments: Deployments, operations: Operations) {
    this.#database = database
    this.#deployments = deployments
    this.#operations = operations
  }

  async of(scope: Scope, deployment: string): Promise<readonly ScheduleRow[]> {
    await this.#deployments.get(scope, deployment)
    return repository.of(this.#database.query, scope, deployment)
  }

  async get(scope: Scope, id: string): Promise<ScheduleRow> {
    const schedule = await repository.byId(this.#database.query, scope, id)
    if (schedule === undefined) throw notFound('schedule')
    return schedule
  }

  async create(
    scope: Scope,
    deployment: string,
    given: { name: string; kind: ScheduleKind; cron: string; timezone: string; enabled: boolean },
  ): Promise<ScheduleRow> {
    await this.#deployments.get(scope, deployment)
    const next_at = nextRun(given.cron, given.timezone, new Date()) ?? null
    const id = newId()
    try {
      await this.#database.transaction(async (unit) => {
        await repository.create(unit.query, scope, { ...given, id, deployment_id: deployment, next_at })
        unit.audit(scope, { action: 'schedule.create', subject: `schedule/${id}`, after: { deployment, ...given } })
      })
    } catch (error) {
      if (violatedUnique(error) === undefined) throw error
      throw new DomainError('conflict', 'name-taken', `the deployment has a schedule "${given.name}" already`)
    }
    return this.get(scope, id)
  }

  async update(
    scope: Scope,
    id: string,
    change: { cron?: string; timezone?: string; enabled?: boolean },
    check: (revision: number) => void,
  ): Promise<ScheduleRow> {
    const before = await this.get(scope, id)
    check(before.revision)
    const { cron, timezone, enabled } = { ...before, ...change }
    const next_at = nextRun(cron, timezone, new Date()) ?? null
    await this.#database.transaction(async (unit) => {
      await repository.update(unit.query, scope, id, { cron, timezone, enabled, next_at })
      unit.audit(scope, {
        action: 'schedule.update',
        subject: `schedule/${id}`,
        before: { cron: before.cron, timezone: before.timezone, enabled: before.enabled },
        after: { cron, timezone, enabled },
      })
    })
    return this.get(scope, id)
  }

  async delete(scope: Scope, id: string): Promise<void> {
    const before = await this.get(scope, id)
    await this.#database.transaction(async (unit) => {
      await repository.delete(unit.query, scope, id)
      unit.audit(scope, {
        action: 'schedule.delete',
        subject: `schedule/${id}`,
        before: { name: before.name, cron: before.cron },
      })
    })
  }

  /**
   * Fires what is due: each once, by one worker, together with the operation it asks for. What was missed while nobody
   * ran is fired once. @returns how many were due
   */
  async fireDue(): Promise<number> {
    for (let count = 0; ; count++) {
      const found = await this.#database.transaction(async (unit) => {
        const schedule = await repository.takeDue(unit.query)
        if (schedule === undefined) return false
        const { id, name, kind, deployment_id } = schedule
        const scope = systemScope(schedule.organization_id, `schedule ${name}`)
        const result = await this.#operations
          .requestIn(unit, scope, deployment_id, kind, { reason: `schedule ${name}` })
          .then(
            (operation) => ({ operation, error: null }),
            (error: unknown) => {
              // Refused before anything was written: it is said, and the next time comes.
              if (error instanceof DomainError) return { operation: null, error: error.message }
              throw error
            },
          )
        const next_at = nextRun(schedule.cron, schedule.timezone, new Date()) ?? null
        await repository.fired(unit.query, scope, id, { next_at, ...result })
        if (result.error !== null)
          unit.event(scope, {
            type: 'schedule.failed',
            subject: `schedule/${id}`,
            data: { name, reason: result.error },
          })
        return true
      })
      if (!found) return count
    }
  }
}
