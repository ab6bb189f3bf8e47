/** Class decides what happens next: only `transient` is retried; `bug` is shown with an id and logged in full. */
export type ErrorClass = 'user' | 'policy' | 'target' | 'transient' | 'bug'

/** An error a person can act on: what happened, where, what to do. `code` is stable. */
export class EngineError extends Error {
  readonly code: string
  readonly class: ErrorClass
  readonly hint: string | undefined
  constructor(code: string, message: string, options: { readonly class: ErrorClass; readonly hint?: string; readonly cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'EngineError'
    this.code = code
    this.class = options.class
    this.hint = options.hint
  }
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
