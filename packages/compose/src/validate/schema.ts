import type { Report } from '../diagnostics/report.ts'
import { describeViolation, validate } from '../schema/index.ts'
import type { Tree } from '../tree/value.ts'

/** Holds the merged model against the schema of Compose files, and leaves when it does not fit. */
export function checkSchema(tree: Tree, report: Report): void {
  for (const violation of validate(tree)) {
    const hint = violation.hint ?? 'see the Compose Specification for what can be written here'
    report.error(violation.code.replace('.', '/'), violation.path, describeViolation(violation), sentence(hint))
  }
  report.stop()
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
