import type { OutcomeStatus } from '@windflow/engine'

export const OPERATION_KINDS = ['deploy', 'rollback', 'stop', 'start', 'restart', 'destroy'] as const
export type OperationKind = (typeof OPERATION_KINDS)[number]

export const OPERATION_STATES = [
  'queued',
  'planning',
  'awaiting_approval',
  'applying',
  'verifying',
  'rolling_back',
  'cancelling',
  'succeeded',
  'failed',
  'rolled_back',
  'rollback_failed',
  'cancelled',
] as const
export type OperationState = (typeof OPERATION_STATES)[number]

/** Who takes an operation from one state to the next. */
type Mover = 'worker' | 'person'

/** The whole machine. What is not here cannot happen: each change of state is made by SQL that names where it may come from. */
const TRANSITIONS: Readonly<Record<OperationState, Readonly<Partial<Record<OperationState, Mover>>>>> = {
  queued: { planning: 'worker', cancelled: 'person' },
  planning: {
    queued: 'worker',
    awaiting_approval: 'worker',
    applying: 'worker',
    succeeded: 'worker',
    failed: 'worker',
    cancelling: 'person',
  },
  awaiting_approval: { queued: 'person', cancelled: 'person' },
  applying: {
    verifying: 'worker',
    rolling_back: 'worker',
    rolled_back: 'worker',
    succeeded: 'worker',
    failed: 'worker',
    rollback_failed: 'worker',
    cancelling: 'person',
  },
  verifying: {
    applying: 'worker',
    rolling_back: 'worker',
    rolled_back: 'worker',
    succeeded: 'worker',
    failed: 'worker',
    rollback_failed: 'worker',
    cancelling: 'person',
  },
  rolling_back: { rolled_back: 'worker', rollback_failed: 'worker', failed: 'worker' },
  // A cancel that comes too late finds a finished work: then the truth is that it succeeded.
  cancelling: {
    cancelled: 'worker',
    succeeded: 'worker',
    failed: 'worker',
    rolled_back: 'worker',
    rollback_failed: 'worker',
  },
  succeeded: {},
  failed: {},
  rolled_back: {},
  rollback_failed: {},
  cancelled: {},
}

export function isFinal(state: OperationState): boolean {
  return Object.keys(TRANSITIONS[state]).length === 0
}

export function allows(from: OperationState, to: OperationState, mover: Mover): boolean {
  return TRANSITIONS[from][to] === mover
}

/** The states from which `mover` may go to `to`. */
export function origins(to: OperationState, mover: Mover): readonly OperationState[] {
  return OPERATION_STATES.filter((from) => allows(from, to, mover))
}

/** States in which a worker has it in hand, so that an expired lease means that the worker is dead. */
export const RUNNING_STATES: readonly OperationState[] = [
  'planning',
  'applying',
  'verifying',
  'rolling_back',
  'cancelling',
]

/** The state an operation ends in when the executor says how it went. */
export function finalState(outcome: OutcomeStatus, cancelled: boolean): OperationState {
  switch (outcome) {
    case 'unchanged':
    case 'succeeded':
      return 'succeeded'
    case 'failed':
      return 'failed'
    case 'rolled_back':
      return cancelled ? 'cancelled' : 'rolled_back'
    case 'rollback_failed':
      return 'rollback_failed'
    case 'cancelled':
      return 'cancelled'
  }
}
