import http from 'node:http'
import type { Duplex } from 'node:stream'
import type { Dialer } from './dialer.ts'

/** Keeps the connections of one dialer for reuse. Long streams (logs, events) each hold one, so there is no upper
 * bound here: how much runs at once is the executor's business. */
export class DialingAgent extends http.Agent {
  readonly #dialer: Dialer

  constructor(dialer: Dialer) {
    super({ keepAlive: true, maxFreeSockets: 32, scheduling: 'lifo' })
    this.#dialer = dialer
  }

  override createConnection(
    _options: http.ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const dialed = this.#dialer.dial()
    if (!(dialed instanceof Promise)) return dialed
    dialed.then(
      (connection) => callback?.(null, connection),
      // The declared type has no place for "failed, no stream"; the agent reads only the error then.
      (error: Error) => (callback as ((error: Error) => void) | undefined)?.(error),
    )
    return undefined
  }

  override getName(): string {
    return this.#dialer.address
  }
}
