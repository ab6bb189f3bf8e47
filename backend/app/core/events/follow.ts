import type { Broker } from '../broker/broker.ts'

/** How often a follower looks by itself, should a message have been lost. */
const LOOK_MS = 5000

export interface Numbered {
  readonly number: number
}

export interface FollowOptions<T extends Numbered> {
  readonly broker: Broker
  /** Says that there may be something new. */
  readonly channel: string
  /** Number after which to begin. */
  readonly after: number
  /** Items after a number, in order, at most `limit`. */
  readonly read: (after: number, limit: number) => Promise<readonly T[]>
  readonly deliver: (items: readonly T[]) => Promise<void> | void
  /** Ends the following after what was read, e.g. because nothing more can come. */
  readonly finished?: () => Promise<boolean>
  readonly signal: AbortSignal
}

const BATCH = 500

/**
 * Delivers numbered rows in order, each once, first those that are there and then those that come, until `signal` aborts
 * or `finished` says so. The database is the truth; a message only says when to look. While it is away, following waits.
 */
export async function follow<T extends Numbered>(options: FollowOptions<T>): Promise<void> {
  const { broker, channel, read, deliver, finished, signal } = options
  let { after } = options
  let wake: () => void = () => undefined
  let news = true
  const unsubscribe = broker.subscribe(channel, () => {
    news = true
    wake()
  })
  const onAbort = (): void => wake()
  signal.addEventListener('abort', onAbort)
  try {
    while (!signal.aborted) {
      news = false
      // Asked before reading: whatever was written before the end is then read after the question.
      const last = (await quiet(async () => finished?.())) ?? false
      const items = (await quiet(() => read(after, BATCH))) ?? []
      if (signal.aborted) return
      if (items.length > 0) {
        await deliver(items)
        after = items.at(-1)?.number ?? after
        if (items.length === BATCH) continue
      }
      if (last) return
      if (news) continue
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      const timer = setTimeout(resolve, LOOK_MS)
      if (!news && !signal.aborted) await promise
      clearTimeout(timer)
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    await unsubscribe()
  }
}

/** The database may be away for a moment; the follower stays and looks again. */
async function quiet<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch {
    return undefined
  }
}

/** The channel on which news of one organization's events are told. */
export function eventChannel(organization: string): string {
  return `events/${organization}`
}
