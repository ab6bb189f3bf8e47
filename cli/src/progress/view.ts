import type { Step, StepProgress } from '@windflow/engine'

/** What happens to one step, as a view is told. `at` is milliseconds of any one clock. */
export type StepNews =
  | { readonly kind: 'started'; readonly step: Step; readonly at: number }
  | { readonly kind: 'progress'; readonly step: Step; readonly at: number; readonly progress: StepProgress }
  | { readonly kind: 'done'; readonly step: Step; readonly at: number }
  | { readonly kind: 'failed'; readonly step: Step; readonly at: number; readonly reason: string }

/** Shows an operation while it runs. */
export interface ProgressView {
  news(news: StepNews): void
  /** A line that stays: a phase begins, something is put back. */
  note(text: string): void
  /** Nothing moves after this. */
  close(): void
}

export const QUIET: ProgressView = { news: () => {}, note: () => {}, close: () => {} }

/** One JSON object a line, for programs (`--progress json`). */
export function jsonView(write: (line: string) => void, now: () => Date = () => new Date()): ProgressView {
  const line = (value: object) => write(`${JSON.stringify({ time: now().toISOString(), ...value })}\n`)
  return {
    news({ kind, step, ...rest }) {
      const detail = 'progress' in rest ? rest.progress : 'reason' in rest ? { reason: rest.reason } : {}
      line({ step: step.id, phase: step.phase, action: step.action, resource: step.resource, state: kind, ...detail })
    },
    note: (text) => line({ note: text }),
    close: () => {},
  }
}
