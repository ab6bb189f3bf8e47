import { systemScope } from '../../db/scope.ts'
import type { Queue } from '../../jobs/queue.ts'
import type { Disposal } from '../../kernel/disposal.ts'
import { WAKE_CHANNEL } from '../operations.ts'
import { leaseRepository } from './lease-repository.ts'
import { Run, type RunnerParts } from './runner.ts'

export interface DispatcherOptions {
  /** Operations this worker has in hand at the same time, at most. */
  readonly capacity: number
  /** How long running operations may go on when the worker stops, in milliseconds. */
  readonly drainMs: number
}

/** Takes operations for this worker: when it is woken, when one has ended, and from time to time (the sweeper). */
export class Dispatcher {
  readonly #parts: RunnerParts
  readonly #queue: Queue
  readonly #options: DispatcherOptions
  readonly #runs = new Map<string, { readonly run: Run; readonly ended: Promise<void> }>()
  #stopping = false
  #looking: Promise<void> | undefined
  #lookAgain = false
  #sweeper: NodeJS.Timeout | undefined
  #unsubscribe: Disposal = () => undefined

  constructor(parts: RunnerParts, queue: Queue, options: DispatcherOptions) {
    this.#parts = parts
    this.#queue = queue
    this.#options = options
  }

  get running(): number {
    return this.#runs.size
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#parts.broker.subscribe(WAKE_CHANNEL, () => this.wake())
    await this.#queue.work(() => this.wake())
    // An expired lease makes no noise: somebody has to look.
    const every = Math.min(2000, (this.#parts.leaseSeconds * 1000) / 3)
    this.#sweeper = setInterval(() => this.wake(), every)
    this.wake()
  }

  /** Looks for work, once more if it is looking already. */
  wake(): void {
    if (this.#stopping) return
    if (this.#looking !== undefined) {
      this.#lookAgain = true
      return
    }
    this.#looking = this.#look()
      .catch((error: unknown) => this.#parts.log.warn({ err: error }, 'cannot look for operations at the moment'))
      .finally(() => {
        this.#looking = undefined
        if (!this.#lookAgain) return
        this.#lookAgain = false
        this.wake()
      })
  }

  async #look(): Promise<void> {
    const { database, leaseSeconds, workerName } = this.#parts
    const targets = await leaseRepository.waitingTargets(database.query)
    for (const target of targets) {
      const capacity = this.#options.capacity - this.#runs.size
      if (this.#stopping || capacity <= 0) return
      const claimedAt = performance.now()
      const taken = await database.transaction(async (unit) => {
        const held = [...this.#runs.keys()]
        const claimed = await leaseRepository.claim(unit.query, target, workerName, leaseSeconds, capacity, held)
        for (const { id, organization_id, deployment_id: deployment, kind, state } of claimed) {
          const scope = systemScope(organization_id, workerName)
          unit.event(scope, {
            type: 'operation.changed',
            subject: `operation/${id}`,
            data: { deployment, kind, state },
          })
        }
        return claimed
      })
      for (const operation of taken) this.#begin(new Run(this.#parts, operation, claimedAt))
    }
  }

  #begin(run: Run): void {
    const { id } = run.operation
    const ended = run.run().finally(() => {
      this.#runs.delete(id)
      this.wake()
    })
    this.#runs.set(id, { run, ended })
  }

  /** Takes nothing more, lets what runs go on for a while, and hands the rest over. */
  async stop(): Promise<void> {
    this.#stopping = true
    clearInterval(this.#sweeper)
    await this.#unsubscribe()
    await this.#looking
    const all = Promise.all([...this.#runs.values()].map(({ ended }) => ended))
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, this.#options.drainMs)
    await Promise.race([all, late])
    clearTimeout(timer)
    for (const { run } of this.#runs.values()) run.handOver()
    await Promise.all([...this.#runs.values()].map(({ ended }) => ended))
  }
}
