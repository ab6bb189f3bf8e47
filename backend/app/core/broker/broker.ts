import type { Disposal } from '../kernel/disposal.ts'

/** Called with each payload, and with `undefined` when some may have been missed (the connection was lost meanwhile). */
export type Listener = (payload: string | undefined) => void

export interface Count {
  readonly count: number
  readonly resetsInMs: number
}

/**
 * What the processes of an installation share besides rows: short messages, counters, one-use values.
 * A message is a hint to look at the database and may be lost; the truth is always a row.
 */
export interface Broker {
  readonly kind: 'postgres' | 'redis'
  /** Tells every process, this one included. Never throws. */
  publish(channel: string, payload: string): void
  subscribe(channel: string, listener: Listener): Disposal
  /** Adds one to a counter that starts again `windowMs` after its first use. */
  increment(key: string, windowMs: number): Promise<Count>
  /** Keeps a value until it is taken, at most `ttlMs`. */
  put(key: string, value: string, ttlMs: number): Promise<void>
  /** Gives a kept value, once. */
  take(key: string): Promise<string | undefined>
  /** @throws when the service behind does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Who listens to what in this process. */
export class Listeners {
  readonly #byChannel = new Map<string, Set<Listener>>()

  add(channel: string, listener: Listener): Disposal {
    const listeners = this.#byChannel.get(channel) ?? new Set()
    this.#byChannel.set(channel, listeners)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#byChannel.get(channel) === listeners) this.#byChannel.delete(channel)
    }
  }

  deliver(channel: string, payload: string): void {
    for (const listener of [...(this.#byChannel.get(channel) ?? [])]) listener(payload)
  }

  gap(): void {
    for (const listeners of [...this.#byChannel.values()]) for (const listener of [...listeners]) listener(undefined)
  }
}
