import { EngineError } from './errors.ts'
import type { Failure } from './outcome.ts'
import type { Step } from './plan.ts'

/** An error as data for people and storage. Anything that is not an EngineError is a bug of ours. */
export function toFailure(error: unknown, step?: Step): Failure {
  const at = step && { step: step.id, resource: step.resource }
  if (error instanceof EngineError) {
    return {
      ...at,
      class: error.class,
      code: error.code,
      message: error.message,
      ...(error.hint !== undefined && { hint: error.hint }),
      lines: error.lines,
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { ...at, class: 'bug', code: 'internal', message, lines: [] }
}
