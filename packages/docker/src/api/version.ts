import { EngineError } from '@windflow/engine'

/** Docker 20.10: the oldest engine with what a project needs (init, cgroup namespace, wait conditions). */
const OLDEST_API_VERSION = '1.41'
/** Newest version whose changes were read against what we send and read. */
const NEWEST_API_VERSION = '1.56'

/** The version to speak with an engine that offers `offered`: the lower of its newest and ours. */
export function negotiate(offered: string, address: string): string {
  if (compareVersions(offered, OLDEST_API_VERSION) < 0) {
    throw new EngineError(
      'engine-too-old',
      `the engine on ${address} speaks API ${offered}; ${OLDEST_API_VERSION} (Docker 20.10) or newer is needed`,
      { class: 'target', hint: 'update the engine on the target' },
    )
  }
  return compareVersions(offered, NEWEST_API_VERSION) > 0 ? NEWEST_API_VERSION : offered
}

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`. */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number)
  const [majorB = 0, minorB = 0] = b.split('.').map(Number)
  return majorA - majorB || minorA - minorB
}
