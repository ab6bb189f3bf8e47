import type { Step, StepContext } from '@windflow/engine'
import type { FakeEngine } from '../../packages/engine/test/memory/engine.ts'
import { MemoryTarget } from './memory-target.ts'

/** Steps of one action wait until they are let go, as a pull, a start or a gate may take its time. */
export class Hold {
  readonly action: string
  readonly reached = Promise.withResolvers<void>()
  readonly #open = Promise.withResolvers<void>()
  most = 0
  #now = 0

  constructor(action: string) {
    this.action = action
  }

  letGo(): void {
    this.#open.resolve()
  }

  async pass(signal: AbortSignal): Promise<void> {
    this.#now += 1
    this.most = Math.max(this.most, this.#now)
    this.reached.resolve()
    const aborted = Promise.withResolvers<never>()
    const abort = (): void => aborted.reject(signal.reason)
    signal.addEventListener('abort', abort)
    try {
      await Promise.race([this.#open.promise, aborted.promise])
    } finally {
      signal.removeEventListener('abort', abort)
      this.#now -= 1
    }
  }
}

/** The driver in memory, with steps that can be held. */
export class HeldTarget extends MemoryTarget {
  readonly #hold: Hold
  constructor(engine: FakeEngine, hold: Hold) {
    super(engine)
    this.#hold = hold
  }

  override async perform(step: Step, context: StepContext): Promise<void> {
    if (step.action === this.#hold.action) await this.#hold.pass(context.signal)
    return super.perform(step, context)
  }
}
