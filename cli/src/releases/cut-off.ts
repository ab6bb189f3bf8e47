import { isDeepStrictEqual } from 'node:util'
import type { DockerObserved } from '@windflow/docker'
import { type Desired, type Driver, LockedError } from '@windflow/engine'
import type { ReleaseStore } from './store.ts'

/**
 * Settles a release whose command was killed after the last thing it had to change, once a look found nothing to change:
 * its record says how it ended, and its lock, which the next change would take over, goes now. When the command still
 * lives, it will do so itself.
 * @param desired what was found to run
 */
export async function settleCutOff(
  driver: Driver<DockerObserved>,
  store: ReleaseStore,
  desired: Desired,
  signal: AbortSignal,
): Promise<void> {
  const description = `windflow compose (pid ${process.pid})`
  const lock = await driver.lock(desired.project, { description }, 0, signal).catch((error: unknown) => {
    if (error instanceof LockedError) return undefined
    throw error
  })
  if (!lock) return
  try {
    const cut = store.list().releases.findLast(({ status }) => status === 'applying')
    if (cut && isDeepStrictEqual(store.read(cut.number).hashes, desired.hashes)) {
      store.finish(cut.number, { status: 'succeeded' })
    }
    store.settleInterrupted()
  } finally {
    await lock.release()
  }
}
