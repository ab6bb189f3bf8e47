import type { Change, Failure, OperationResult, Outcome, Plan } from '@windflow/engine'
import type { CommandContext } from '../context.ts'
import type { Style } from '../show/style.ts'

/** Exit code of an operation: only what is as wanted now is a success. */
export function exitCodeOf(outcome: Outcome): 0 | 1 {
  return outcome.status === 'succeeded' || outcome.status === 'unchanged' ? 0 : 1
}

export interface OutcomeWords {
  /** `release 4 of shop is running`. */
  readonly succeeded: string
  readonly unchanged: string
}

/** Says how an operation ended: the failing step, its reason with the last lines of the container, and what runs now. */
export function outcomeText({ plan, outcome }: OperationResult, words: OutcomeWords, style: Style): string {
  const parts = outcome.warnings.map((warning) => `${style.yellow('warning')} ${failureLines(warning)}`)
  if (outcome.failure) parts.push(`${style.red('error')} ${failureLines(outcome.failure)}`)
  parts.push(`${verdict(plan, outcome, words, style)}\n`)
  if (outcome.rollbackFailure) parts.push(`${style.red('error')} ${failureLines(outcome.rollbackFailure)}`)
  return parts.join('')
}

function verdict(plan: Plan, outcome: Outcome, words: OutcomeWords, style: Style): string {
  const before = `everything is as it was before${newVolumes(plan, outcome)}`
  switch (outcome.status) {
    case 'succeeded':
      return style.green(words.succeeded)
    case 'unchanged':
      return words.unchanged
    case 'failed':
      return outcome.steps.some((step) => step.status === 'done' && /^(start|stop|remove|rename)\//.test(step.id))
        ? style.red('failed; what was done so far is left as it is')
        : style.red('failed; what runs was not touched')
    case 'rolled_back':
      return style.yellow(
        plan.changes.some(({ action }) => action === 'replace' || action === 'update')
          ? `failed, and what ran before is running again${newVolumes(plan, outcome)}`
          : `failed, and ${before}`,
      )
    case 'rollback_failed':
      return style.red(
        'failed, and what ran before is not wholly back: see `windflow compose ps`, then deploy again or roll back',
      )
    case 'cancelled':
      return outcome.steps.length === 0 ? 'nothing was changed' : style.yellow(`cancelled; ${before}`)
  }
}

/** Volumes that were made stay when the rest is taken back: only `down --volumes` removes data, were it a minute old. */
function newVolumes({ changes }: Plan, { steps }: Outcome): string {
  const made = changes.filter(
    ({ resource: { kind, name } }) =>
      kind === 'volume' && steps.some(({ id, status }) => status === 'done' && id === `create-volume/volume/${name}`),
  )
  if (made.length === 0) return ''
  const names = made.map(({ resource }) => resource.name).join(', ')
  return `, but for volume ${names}, which ${made.length === 1 ? 'stays' : 'stay'}`
}

export function failureLines({ code, step, message, hint, lines }: Failure): string {
  const head = `${code}${step ? ` at ${step}` : ''}: ${message}\n`
  const tail = lines.map((line) => `  | ${line}\n`).join('')
  return `${head}${tail}${hint ? `  ${hint}\n` : ''}`
}

/** An operation for programs. */
export function outcomeJson({ plan, outcome }: OperationResult, extra: object = {}): string {
  const { status, failure, rollbackFailure, warnings, steps } = outcome
  const changes = plan.changes.filter((change: Change) => change.action !== 'none')
  return `${JSON.stringify({
    project: plan.project,
    status,
    ...extra,
    impact: plan.impact,
    changes,
    ...(failure && { failure }),
    ...(rollbackFailure && { rollbackFailure }),
    warnings,
    steps,
  })}\n`
}

/** Shows it where it belongs and gives the exit code. */
export function showOutcome(
  result: OperationResult,
  context: CommandContext,
  how: { readonly json: boolean; readonly style: Style; readonly words: OutcomeWords; readonly extra?: object },
): 0 | 1 {
  if (how.json) context.streams.out(outcomeJson(result, how.extra))
  else context.streams.err(outcomeText(result, how.words, how.style))
  return exitCodeOf(result.outcome)
}
