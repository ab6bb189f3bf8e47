import type { Broker } from '../broker/broker.ts'
import { DomainError } from '../kernel/errors.ts'

const WINDOW_MS = 15 * 60_000

/**
 * Slows guessing of passwords down. Three counters, so that nobody can lock somebody else out:
 * - one address may try so often in all (guessing many accounts);
 * - one address may try so often for one account;
 * - all addresses together may try so often for one account, unless the browser has signed in to it before: it holds a
 *   device cookie, and is counted for itself (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
 */
const LIMITS = { address: 60, pair: 10, account: 100, device: 10 } as const

export class Attempts {
  readonly #broker: Broker
  readonly #enabled: boolean
  constructor(broker: Broker, enabled: boolean) {
    this.#broker = broker
    this.#enabled = enabled
  }

  /**
   * Counts one attempt before the password is looked at.
   * @param device id of a device known for this account, if the request proved one.
   * @throws DomainError `too-many`; the same for accounts that exist and that do not.
   */
  async count(email: string, address: string, device: string | undefined): Promise<void> {
    if (!this.#enabled) return
    const account = email.toLowerCase()
    const counters: readonly (readonly [string, number])[] =
      device === undefined
        ? [
            [`sign-in:address:${address}`, LIMITS.address],
            [`sign-in:pair:${address}:${account}`, LIMITS.pair],
            [`sign-in:account:${account}`, LIMITS.account],
          ]
        : [[`sign-in:device:${device}`, LIMITS.device]]
    for (const [key, limit] of counters) {
      const { count, resetsInMs } = await this.#broker.increment(key, WINDOW_MS)
      if (count > limit) {
        throw new DomainError('too-many', 'too-many-attempts', 'too many attempts to sign in', {
          hint: 'wait some minutes, or sign in from a browser you have used before',
          retryAfterSeconds: resetsInMs / 1000,
        })
      }
    }
  }
}
