import type { Impact } from '@windflow/engine'
import type { Streams } from '../streams.ts'

export type Verdict = 'go' | 'ask' | 'refuse'

/**
 * Whether a plan may go on. Data is never lost without `--yes` or a person's word; what interrupts a service is asked
 * where there is somebody to ask. Pure.
 */
export function mayGoOn(impact: Impact, options: { readonly yes: boolean; readonly terminal: boolean }): Verdict {
  if (options.yes || impact === 'none' || impact === 'restart') return 'go'
  if (options.terminal) return 'ask'
  return impact === 'data-loss' ? 'refuse' : 'go'
}

/** Asks on the terminal; only `y` or `yes` is yes. Rejects with the signal's reason when it aborts. */
export async function ask(question: string, streams: Streams, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises')
  streams.err(question)
  const lines = createInterface({ input: process.stdin, terminal: false })
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve)
      lines.once('close', () => resolve(''))
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    lines.close()
    process.stdin.pause()
  }
}
