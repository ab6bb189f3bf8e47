import type { Broker } from '../broker/broker.ts'
import { DomainError } from '../kernel/errors.ts'
import type { App } from './types.ts'

const WINDOW_MS = 60_000
const MAX_KEYS = 50_000

/** Requests a client may make in a minute: enough for a busy page, too few to search for something. */
export const REQUESTS_PER_MINUTE = 1200

/** Counts in this process. Used where every request is counted and no Redis shares the count. */
class LocalCounter {
  readonly #counts = new Map<string, { count: number; resetsAt: number }>()

  increment(key: string): { readonly count: number; readonly resetsInMs: number } {
    const now = Date.now()
    let entry = this.#counts.get(key)
    if (entry === undefined || entry.resetsAt <= now) {
      if (this.#counts.size >= MAX_KEYS) this.#counts.clear()
      entry = { count: 0, resetsAt: now + WINDOW_MS }
      this.#counts.set(key, entry)
    }
    entry.count += 1
    return { count: entry.count, resetsInMs: entry.resetsAt - now }
  }
}

/** Limits what one address may ask for. Health checks are free: a probe must not be refused because somebody else is busy. */
export function installRateLimit(app: App, broker: Broker, limit = REQUESTS_PER_MINUTE): void {
  const local = new LocalCounter()
  app.addHook('onRequest', async (request) => {
    if (request.url.startsWith('/api/health/')) return
    const { count, resetsInMs } =
      broker.kind === 'redis' ? await broker.increment(`http:${request.ip}`, WINDOW_MS) : local.increment(request.ip)
    if (count > limit) {
      throw new DomainError('too-many', 'rate-limited', `more than ${limit} requests in a minute from one address`, {
        retryAfterSeconds: resetsInMs / 1000,
      })
    }
  })
}
