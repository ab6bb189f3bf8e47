import type { Logger } from '../kernel/log.ts'
import type { Schedules } from './schedules.ts'

const LOOK_MS = 5000

/** Looks for due schedules while a worker runs. @returns what stops it. */
export function startScheduleClock(schedules: Schedules, log: Logger): () => Promise<void> {
  let stopped = false
  let round: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    round = round
      .then(() => (stopped ? 0 : schedules.fireDue()))
      .catch((error: unknown) => log.warn({ err: error }, 'schedules wait for the database'))
  }, LOOK_MS)
  return async () => {
    stopped = true
    clearInterval(timer)
    await round
  }
}
