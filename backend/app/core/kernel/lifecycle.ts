import type { Logger } from './log.ts'

interface StopHook {
  readonly name: string
  readonly stop: () => Promise<void> | void
}

/** Closes what was opened, last opened first, each with a deadline so that one stuck part cannot hold the others. */
export class Lifecycle {
  readonly #hooks: StopHook[] = []
  readonly #log: Logger
  readonly #deadlineMs: number
  readonly #stopping = new AbortController()
  #stopped: Promise<void> | undefined

  constructor(log: Logger, deadlineMs: number) {
    this.#log = log
    this.#deadlineMs = deadlineMs
  }

  /** Aborts when the process begins to stop. */
  get stopping(): AbortSignal {
    return this.#stopping.signal
  }

  onStop(name: string, stop: () => Promise<void> | void): void {
    this.#hooks.push({ name, stop })
  }

  /** Stops everything once; later calls wait for the first. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    this.#stopping.abort()
    for (const hook of this.#hooks.toReversed()) {
      const { promise: late, resolve } = Promise.withResolvers<'late'>()
      const timer = setTimeout(() => resolve('late'), this.#deadlineMs)
      try {
        const outcome = await Promise.race([Promise.resolve(hook.stop()), late])
        if (outcome === 'late') this.#log.warn({ part: hook.name }, 'did not stop in time')
      } catch (error) {
        this.#log.error({ part: hook.name, err: error }, 'failed to stop')
      } finally {
        clearTimeout(timer)
      }
    }
  }
}
