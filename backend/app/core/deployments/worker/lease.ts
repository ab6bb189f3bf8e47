import { FencedError } from '@windflow/engine'
import type { Database } from '../../db/database.ts'
import { type Fence, leaseRepository } from './lease-repository.ts'

/**
 * Keeps the lease of one operation alive while a worker has it in hand, and says when it is lost or a cancel is asked for.
 * The lease is lost when the row says so, and, should the database be away, when it would have run out by our own clock.
 */
export class Lease {
  readonly fence: Fence
  readonly #database: Database
  readonly #seconds: number
  readonly #project: string
  readonly #lost = new AbortController()
  readonly #cancel = new AbortController()
  #validUntil: number
  #timer: NodeJS.Timeout | undefined
  #closed = false

  /** @param claimedAt when the claim was sent, by `performance.now()`: the lease runs from then at the latest. */
  constructor(database: Database, fence: Fence, seconds: number, project: string, claimedAt: number) {
    this.#database = database
    this.fence = fence
    this.#seconds = seconds
    this.#project = project
    this.#validUntil = claimedAt + seconds * 1000
    this.#schedule()
  }

  /** Aborts when another worker may take over. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Aborts when somebody wants the operation to end. */
  get cancelled(): AbortSignal {
    return this.#cancel.signal
  }

  #schedule(): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.renew(), (this.#seconds * 1000) / 3)
  }

  /** Renews now, and looks for a cancel. */
  async renew(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.#closed) return
    const asked = performance.now()
    try {
      const row = await leaseRepository.renew(this.#database.query, this.fence, this.#seconds)
      if (this.#closed) return
      if (row === undefined) return this.lose()
      this.#validUntil = asked + this.#seconds * 1000
      if (row.cancel_requested_at !== null) this.#cancel.abort()
    } catch {
      // Away for a moment: the lease is ours until it runs out.
    }
    if (performance.now() >= this.#validUntil) this.lose()
    else this.#schedule()
  }

  lose(): void {
    clearTimeout(this.#timer)
    this.#lost.abort(new FencedError(this.#project))
  }

  /**
   * Called before each write to the target. While the database is away it waits as long as the lease is ours.
   * @throws FencedError when the right to write is gone.
   */
  async check(): Promise<void> {
    while (!this.#lost.signal.aborted) {
      try {
        if (await leaseRepository.holds(this.#database.query, this.fence)) return
        this.lose()
      } catch {
        if (performance.now() >= this.#validUntil) this.lose()
        else await new Promise((resolve) => setTimeout(resolve, 200))
      }
    }
    throw new FencedError(this.#project, { cause: this.#lost.signal.reason })
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }
}
