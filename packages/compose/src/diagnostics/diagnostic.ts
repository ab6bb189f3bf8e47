/** A place in a file; lines and columns count from 1. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

export type Severity = 'error' | 'warning'

/** What is wrong (or doubtful) in a Compose file, where, and what to do about it. */
export interface Diagnostic extends Position {
  /** Stable, for programs: `parse/duplicate-key`, `interpolate/required-variable`, ... */
  readonly code: string
  readonly severity: Severity
  /** What is wrong, in one sentence. */
  readonly message: string
  /** What to do, in one sentence. */
  readonly hint: string
  /** The element concerned, as keys and indexes from the top of the model, when there is one. */
  readonly path?: readonly (string | number)[]
}

/** `file:line:column: message. hint`, one line for a terminal. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, message, hint } = diagnostic
  return `${file}:${line}:${column}: ${message}. ${hint}`
}
