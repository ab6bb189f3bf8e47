import type { Diagnostic } from '@windflow/compose'
import { EngineError, type ErrorClass } from '@windflow/engine/errors'
import type { Invocation } from './command-line/commands.ts'
import { Interrupted } from './compose/interrupt.ts'
import { showDiagnostics } from './diagnostics.ts'
import type { Streams } from './streams.ts'

/** An error as a person or a program is shown it: what happened, where, what to do. */
export interface Failure {
  readonly code: string
  readonly class: ErrorClass
  readonly message: string
  readonly hint?: string
  readonly diagnostics?: readonly Diagnostic[]
}

/** The files were refused: the diagnostics say why, each at its place. */
export class FilesRefused extends EngineError {
  readonly diagnostics: readonly Diagnostic[]
  constructor(diagnostics: readonly Diagnostic[]) {
    super('compose/refused', 'the Compose files have errors', { class: 'user' })
    this.name = 'FilesRefused'
    this.diagnostics = diagnostics
  }
}

export interface FailureContext {
  readonly streams: Streams
  readonly argv: readonly string[]
  readonly version: string
  readonly invocation?: Invocation
}

/**
 * Shows an error and gives the exit code: 1, or that of the signal that ended the command. A stack trace is never shown: of an error that is ours, a report is
 * written and the person is told its id and where it is.
 */
export async function showFailure(error: unknown, context: FailureContext): Promise<number> {
  // Said when it began; nothing went wrong.
  if (error instanceof Interrupted) return error.exitCode
  const failure = asFailure(error) ?? (await reportBug(error, context))
  const { streams, invocation } = context
  if (invocation && wantsJson(invocation)) {
    const { diagnostics, ...rest } = failure
    streams.out(`${JSON.stringify({ error: { ...rest, ...(diagnostics && { diagnostics }) } })}\n`)
    return 1
  }
  if (failure.diagnostics) showDiagnostics(failure.diagnostics, streams)
  else streams.err(failureText(failure))
  return 1
}

export function failureText(failure: Failure): string {
  const lines = [`error ${failure.code}: ${failure.message}`]
  if (failure.hint) for (const line of failure.hint.split('\n')) lines.push(`  ${line}`)
  return `${lines.join('\n')}\n`
}

/** The failure an error stands for; undefined when it is one nobody foresaw. */
export function asFailure(error: unknown): Failure | undefined {
  if (!(error instanceof EngineError) || error.class === 'bug') return undefined
  return {
    code: error.code,
    class: error.class,
    message: error.message,
    ...(error.hint !== undefined && { hint: error.hint }),
    ...(error instanceof FilesRefused && { diagnostics: error.diagnostics }),
  }
}

/** `config` prints a model, which a program must not mistake an error for. */
function wantsJson(invocation: Invocation): boolean {
  return invocation.command !== 'config' && invocation.options.format === 'json'
}

async function reportBug(error: unknown, context: FailureContext): Promise<Failure> {
  const { writeBugReport } = await import('./bug-report.ts')
  const { id, path } = writeBugReport(error, { argv: context.argv, version: context.version })
  return {
    code: 'bug',
    class: 'bug',
    message: `this is an error of WindFlow itself (${id}), not of your files`,
    hint: path
      ? `the full report is in ${path}`
      : 'the full report could not be written: no folder for it can be written to',
  }
}
