import type { Desired } from '@windflow/engine'
import { nameOnly } from '../project/desired.ts'

/** A desired state that is handed on before it is known. */
export interface LateDesired {
  /** Until it is settled, as if nothing but the name were known. */
  readonly desired: Desired
  settle(found: Desired): void
}

/**
 * The release that runs now, for the way back of a change. Reading it means decrypting, which a command that finds
 * nothing to change does not pay for.
 */
export function lateDesired(project: string): LateDesired {
  let found = nameOnly(project)
  return {
    settle(settled) {
      found = settled
    },
    desired: {
      project,
      deployment: project,
      get model() {
        return found.model
      },
      get hashes() {
        return found.hashes
      },
      get release() {
        return found.release
      },
      get operation() {
        return found.operation
      },
      get source() {
        return found.source ?? { workingDirectory: '', configFiles: [], environmentFiles: [] }
      },
      get environment() {
        return found.environment ?? {}
      },
    },
  }
}
