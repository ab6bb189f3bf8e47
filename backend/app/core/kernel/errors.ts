/** What went wrong, in words that each edge (HTTP, CLI, log) maps to its own form. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'precondition'
  | 'too-large'
  | 'too-many'
  | 'unavailable'

/** One wrong field of an input. `path` is a JSON pointer from the input's root: `/variables/0/name`. */
export interface FieldProblem {
  readonly path: string
  readonly message: string
}

export interface DomainErrorOptions {
  readonly hint?: string
  readonly fields?: readonly FieldProblem[]
  /** Further members of the problem document: `{ operation: id }`. Never a secret. */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/** An error a person can act on. `code` is stable and part of the API. */
export class DomainError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly hint: string | undefined
  readonly fields: readonly FieldProblem[]
  readonly extra: Readonly<Record<string, unknown>>
  readonly retryAfterSeconds: number | undefined

  constructor(kind: ErrorKind, code: string, message: string, options: DomainErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'DomainError'
    this.kind = kind
    this.code = code
    this.hint = options.hint
    this.fields = options.fields ?? []
    this.extra = options.extra ?? {}
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** The same answer for what does not exist and for what belongs to another organization. */
export function notFound(what: string): DomainError {
  return new DomainError('not-found', 'not-found', `there is no such ${what}`)
}

/** A mistake found while the program starts; the message lists everything to put right. */
export class BootError extends Error {
  readonly problems: readonly string[]
  constructor(what: string, problems: readonly string[]) {
    super(`${what}\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.name = 'BootError'
    this.problems = problems
  }
}
