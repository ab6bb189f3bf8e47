import type { Diagnostic } from '@windflow/compose'
import type { Streams } from './streams.ts'

/** One line to find the place, one with what to do: editors and CI systems read the first. */
export function diagnosticText(diagnostic: Diagnostic): string {
  const { file, line, column, severity, code, message, hint } = diagnostic
  return `${file}:${line}:${column}: ${severity} ${code} ${message}\n${hint ? `  ${hint}\n` : ''}`
}

export function showDiagnostics(diagnostics: readonly Diagnostic[], streams: Streams): void {
  if (diagnostics.length > 0) streams.err(diagnostics.map(diagnosticText).join(''))
}
