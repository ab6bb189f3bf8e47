/** Class decides what happens next: only `transient` is retried; `bug` is shown with an id and logged in full. */
export type ErrorClass = 'user' | 'policy' | 'target' | 'transient' | 'bug'

/** An error a person can act on: what happened, where, what to do. `code` is stable. */
export class EngineError extends Error {
  readonly code: string
  readonly class: ErrorClass
  readonly hint: string | undefined
  /** The last lines the container or builder said, when they tell why. */
  readonly lines: readonly string[]
  constructor(code: string, message: string, options: EngineErrorOptions) {
    super(message, { cause: options.cause })
    this.name = 'EngineError'
    this.code = code
    this.class = options.class
    this.hint = options.hint
    this.lines = options.lines ?? []
  }
}

export interface EngineErrorOptions {
  readonly class: ErrorClass
  readonly hint?: string
  readonly cause?: unknown
  readonly lines?: readonly string[]
}

export class LockedError extends EngineError {
  constructor(project: string, owner: string) {
    super('locked', `project "${project}" is being changed by ${owner}`, {
      class: 'transient',
      hint: 'wait for it to end, or stop it, and try again',
    })
    this.name = 'LockedError'
  }
}

/** The gate's verdict was no. */
export class GateFailedError extends EngineError {
  constructor(code: string, message: string, options: { readonly lines?: readonly string[]; readonly hint?: string }) {
    super(code, message, { class: 'target', ...options })
    this.name = 'GateFailedError'
  }
}

/** What was observed is no longer what the plan was made from: make it again and show it again. */
export class StalePlanError extends EngineError {
  constructor(project: string) {
    super('stale-plan', `project "${project}" changed after the plan was made`, {
      class: 'user',
      hint: 'make the plan again and look at it again',
    })
    this.name = 'StalePlanError'
  }
}

/** The right to write to the target was lost: somebody else carries on. Nothing more is written, not even the way back. */
export class FencedError extends EngineError {
  constructor(project: string, options: { readonly cause?: unknown } = {}) {
    super('fenced', `the lock on project "${project}" was lost`, {
      class: 'transient',
      hint: 'another WindFlow took this one for dead; see what it has done, and try again',
      ...options,
    })
    this.name = 'FencedError'
  }
}
