import type { EngineClient } from '../api/client.ts'

interface Sample {
  readonly at: number
  readonly packets: number
}

/** Packets that reach a container nobody talks to: neighbour discovery and the like. */
const NOISE_PACKETS = 8
const NOISE_PER_SECOND = 2

/**
 * Whether a container that is about to leave is talked to: one nobody talks to has no connection to wait for. Samples
 * live in memory only: what is not known counts as traffic.
 */
export class Traffic {
  readonly #engine: EngineClient
  readonly #samples = new Map<string, Sample>()
  readonly #quiet = new Set<string>()

  constructor(engine: EngineClient) {
    this.#engine = engine
  }

  /** Begins to watch, by container id. Never fails: this only decides about a pause. */
  async begin(container: string, signal: AbortSignal): Promise<void> {
    const sample = await this.#sample(container, signal)
    if (sample) this.#samples.set(container, sample)
  }

  /** Call before it leaves its first network: each one it leaves takes its counters along. */
  async end(container: string, signal: AbortSignal): Promise<void> {
    const first = this.#samples.get(container)
    this.#samples.delete(container)
    const last = first && (await this.#sample(container, signal))
    if (!first || !last) return
    const allowed = NOISE_PACKETS + (NOISE_PER_SECOND * (last.at - first.at)) / 1000
    if (last.packets - first.packets <= allowed) this.#quiet.add(container)
  }

  wasQuiet(container: string): boolean {
    return this.#quiet.has(container)
  }

  async #sample(container: string, signal: AbortSignal): Promise<Sample | undefined> {
    try {
      const path = `/containers/${encodeURIComponent(container)}/stats`
      const query = { stream: false, 'one-shot': true }
      const { networks } = await this.#engine.json<{
        readonly networks?: Readonly<Record<string, { readonly rx_packets: number }>>
      }>('GET', path, { query, signal })
      if (!networks) return undefined
      return {
        at: Date.now(),
        packets: Object.values(networks).reduce((sum, { rx_packets }) => sum + rx_packets, 0),
      }
    } catch {
      return undefined
    }
  }
}
