import type { ErrorClass } from './errors.ts'
import type { ResourceRef } from './resource.ts'

/**
 * How applying a plan ended. `unchanged`: nothing was to do and nothing was written. `rolled_back`: it failed and the
 * state before is back. `rollback_failed`: it is not, or not wholly. `cancelled`: somebody stopped it, and the state
 * before is back (or, where going back was not wanted, it was left as it was).
 */
export type OutcomeStatus = 'unchanged' | 'succeeded' | 'failed' | 'rolled_back' | 'rollback_failed' | 'cancelled'

export interface Outcome {
  readonly status: OutcomeStatus
  /** What made it fail. */
  readonly failure?: Failure
  /** Why the state before is not wholly back. */
  readonly rollbackFailure?: Failure
  /** What went wrong without harm: clean-up after the verdict, optional steps. */
  readonly warnings: readonly Failure[]
  readonly steps: readonly StepResult[]
}

export interface Failure {
  readonly step?: string
  readonly resource?: ResourceRef
  readonly class: ErrorClass
  readonly code: string
  readonly message: string
  readonly hint?: string
  /** Last lines of the container or builder. */
  readonly lines: readonly string[]
}

export type StepStatus = 'done' | 'failed' | 'cancelled' | 'skipped'

export interface StepResult {
  readonly id: string
  readonly status: StepStatus
  readonly attempts: number
  readonly milliseconds: number
  /** Belongs to the way back. */
  readonly restore: boolean
}
