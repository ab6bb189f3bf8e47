import { EngineError } from '@windflow/engine'
import type { Database } from '../db/database.ts'
import { systemScope } from '../db/scope.ts'
import type { Logger } from '../kernel/log.ts'
import type { Points } from '../kernel/points.ts'
import { targetRepository } from './repository.ts'
import type { TargetStatusValue } from './schema.ts'
import type { Targets } from './targets.ts'

const LOOK_MS = 30_000
const DESCRIBE_MS = 10_000

/** Looks at every target from time to time and stores how it is, with the reason when it cannot be reached. */
export class TargetWatch {
  readonly #database: Database
  readonly #targets: Targets
  readonly #points: Points
  readonly #log: Logger
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> = Promise.resolve()

  constructor(database: Database, targets: Targets, points: Points, log: Logger) {
    this.#database = database
    this.#targets = targets
    this.#points = points
    this.#log = log
  }

  start(): void {
    const look = (): void => {
      this.#round = this.lookAtAll()
        .catch((error: unknown) => this.#log.warn({ err: error }, 'could not look at the targets'))
        .finally(() => {
          if (!this.#stop.signal.aborted) this.#timer = setTimeout(look, LOOK_MS)
        })
    }
    look()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    clearTimeout(this.#timer)
    await this.#round
  }

  async lookAtAll(): Promise<void> {
    const all = await targetRepository.everywhere(this.#database.query)
    await Promise.all(all.map((target) => this.look(target.organization_id, target.id)))
  }

  /** Looks at one target and stores what is seen. */
  async look(organization: string, id: string): Promise<TargetStatusValue> {
    const scope = systemScope(organization, 'target watch')
    const target = await this.#targets.get(scope, id)
    const status = await this.#describe(organization, id, target.kind)
    const before = target.status as TargetStatusValue
    await this.#database.transaction(async (unit) => {
      await targetRepository.setStatus(unit.query, scope, id, status)
      if (before.state === status.state) return
      unit.event(scope, {
        type: 'target.changed',
        subject: `target/${id}`,
        data: { name: target.name, state: status.state },
      })
    })
    return status
  }

  async #describe(organization: string, id: string, kind: string): Promise<TargetStatusValue> {
    const checkedAt = new Date().toISOString()
    const factory = this.#points.get('targetDriver', kind)
    if (factory === undefined)
      return { state: 'down', reason: `no extension for the kind "${kind}" is on`, checkedAt, facts: {} }
    try {
      const connection = await this.#targets.connection(systemScope(organization, 'target watch'), id)
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(DESCRIBE_MS)])
      return { state: 'up', checkedAt, facts: { ...(await factory.describe(connection, signal)).facts } }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const hint = error instanceof EngineError ? error.hint : undefined
      return { state: 'down', reason, checkedAt, facts: {}, ...(hint === undefined ? {} : { hint }) }
    }
  }
}
