import type { Plan, StepEvent } from '@windflow/engine'
import { EngineError } from '@windflow/engine/errors'
import { writeBugReport } from '../bug-report.ts'
import type { GlobalOptions } from '../command-line/commands.ts'
import type { CommandContext } from '../context.ts'
import { liveView } from '../progress/live.ts'
import { plainView } from '../progress/plain.ts'
import { jsonView, type ProgressView, QUIET } from '../progress/view.ts'
import { chooseStyle, type Style } from '../show/style.ts'

export interface Progress {
  onEvent(event: StepEvent): void
  close(): void
}

export interface ProgressChoice {
  readonly global: GlobalOptions
  /** Output is for a program: nothing is shown unless asked for with `--progress`. */
  readonly json: boolean
  readonly quietPull?: boolean
  readonly quietBuild?: boolean
}

/** Shows an operation as `--progress` and `--ansi` say, on standard error. */
export function showProgress(context: CommandContext, choice: ProgressChoice): Progress {
  let view: ProgressView | undefined
  let unforeseen: unknown
  const quiet = new Set([...(choice.quietPull ? ['pull'] : []), ...(choice.quietBuild ? ['build'] : [])])
  return {
    onEvent(event) {
      view ??= chooseView(context, choice)
      tell(view, event, quiet)
      if (event.type === 'step-ended' && event.result.status === 'failed') unforeseen ??= notForeseen(event.error)
    },
    close() {
      view?.close()
      if (unforeseen === undefined) return
      const { id, path } = writeBugReport(unforeseen, { argv: process.argv.slice(2), version: context.version })
      unforeseen = undefined
      const where = path ? `: the full report is in ${path}` : ''
      context.streams.err(`a step met an error of WindFlow itself (${id})${where}\n`)
    },
  }
}

function chooseView(context: CommandContext, { global, json }: ProgressChoice): ProgressView {
  const { streams } = context
  const write = (text: string) => streams.err(text)
  const wanted = global.progress ?? context.env.COMPOSE_PROGRESS ?? (json ? 'quiet' : 'auto')
  switch (wanted) {
    case 'quiet':
      return QUIET
    case 'json':
      return jsonView(write)
    case 'plain':
      return plainView(write, errorStyle(context, global))
    default: {
      const style = errorStyle(context, global)
      const moving =
        wanted === 'tty' || (streams.errIsTerminal && ansi(global) !== 'never' && context.env.TERM !== 'dumb')
      if (!moving) return plainView(write, style)
      const size = () => ({ columns: process.stderr.columns || 80, rows: process.stderr.rows || 24 })
      return liveView({ write, style, size, now: () => performance.now() })
    }
  }
}

export function errorStyle({ streams, env }: CommandContext, global: GlobalOptions): Style {
  return chooseStyle({ ansi: ansi(global), terminal: streams.errIsTerminal, env })
}

export function outputStyle({ streams, env }: CommandContext, global: GlobalOptions): Style {
  return chooseStyle({ ansi: ansi(global), terminal: streams.outIsTerminal, env })
}

function ansi(global: GlobalOptions) {
  return global['no-ansi'] ? 'never' : global.ansi
}

function tell(view: ProgressView, event: StepEvent, quiet: ReadonlySet<string>): void {
  const at = performance.now()
  if (event.type === 'restore-started') {
    view.note(restoreNote(event.plan))
    return
  }
  const { step } = event
  switch (event.type) {
    case 'step-started':
      view.news({ kind: 'started', step, at })
      break
    case 'step-progress':
      if (!quiet.has(step.action)) view.news({ kind: 'progress', step, at, progress: event.progress })
      break
    case 'step-retried':
      view.news({ kind: 'progress', step, at, progress: { message: `${event.error.message}; trying again` } })
      break
    case 'step-ended':
      if (event.result.status === 'done') view.news({ kind: 'done', step, at })
      else if (event.result.status === 'failed') view.news({ kind: 'failed', step, at, reason: reason(event.error) })
      else if (event.result.status === 'cancelled') view.news({ kind: 'failed', step, at, reason: 'cancelled' })
      break
  }
}

function restoreNote(plan: Plan): string {
  const services = new Set(
    plan.changes.filter(({ resource }) => resource.kind === 'service').map(({ resource }) => resource.name),
  )
  return services.size === 0
    ? 'putting back what was there before'
    : `putting back what ran before: ${[...services].join(', ')}`
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}

/** An error that is ours; undefined for one that says what to do. */
function notForeseen(error: unknown): unknown {
  return error instanceof EngineError ? undefined : error
}
