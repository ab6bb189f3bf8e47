import { answer } from './api.ts'
import { eventStream } from './event-stream.ts'
import type { Session } from './session.ts'

interface Line {
  readonly level: string
  readonly step?: string
  readonly text: string
}

export interface OperationEnd {
  readonly id: string
  readonly state: string
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly hint?: string
    readonly lines?: readonly string[]
  }
}

/** Exit code for each way an operation can end: CI tells a failure that was put back from one that was not. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  succeeded: 0,
  failed: 1,
  rolled_back: 1,
  rollback_failed: 3,
  cancelled: 4,
}

/**
 * Follows an operation to its end: log lines on standard error as they come, the result on standard output.
 * Ctrl-C cancels the operation, once; a second one leaves it running and ends the command.
 */
export async function watchOperation(session: Session, id: string): Promise<number> {
  const leave = new AbortController()
  let asked = false
  const onInterrupt = (): void => {
    if (asked) {
      leave.abort()
      return
    }
    asked = true
    session.say('cancelling; press Ctrl-C again to leave it alone')
    answer(session.api.POST('/api/v1/operations/{id}/cancel', { params: { path: { id } } })).catch((error: unknown) => {
      session.say(error instanceof Error ? error.message : String(error))
    })
  }
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onInterrupt)
  try {
    const state = await answer(session.api.GET('/api/v1/operations/{id}', { params: { path: { id } } }))
    if (state.queuePosition !== undefined && state.queuePosition > 1)
      session.say(`waiting: number ${state.queuePosition} on its target`)
    const stream = eventStream({
      url: `${session.login.url}/api/v1/operations/${id}/log/stream`,
      headers: session.headers,
      signal: leave.signal,
      isLast: ({ event }) => event === 'end',
    })
    for await (const { event, data } of stream) {
      // What the server declares for this stream.
      if (event === 'end') return finish(session, data as OperationEnd)
      const { level, step, text } = data as Line
      if (session.json) session.context.streams.err(`${JSON.stringify(data)}\n`)
      else session.say(level === 'output' ? `  ${step ?? ''} | ${text}` : text)
    }
    session.say(`operation ${id} goes on; \`windflow operation follow ${id}\` follows it again`)
    return 130
  } finally {
    process.off('SIGINT', onInterrupt)
    process.off('SIGTERM', onInterrupt)
  }
}

function finish(session: Session, operation: OperationEnd): number {
  session.show(operation, () => {
    const { state, error } = operation
    const lines = [`${state.replaceAll('_', ' ')}: operation ${operation.id}`]
    if (error !== undefined && state !== 'succeeded') {
      lines.push(`  ${error.code}: ${error.message}`)
      if (error.hint !== undefined) lines.push(`  ${error.hint}`)
    }
    return `${lines.join('\n')}\n`
  })
  return EXIT_CODES[operation.state] ?? 1
}

/** For an operation that was just asked for: followed to its end, or only named. */
export async function afterRequest(
  session: Session,
  operation: { readonly id: string; readonly state: string },
  wait: boolean,
): Promise<number> {
  if (wait) return watchOperation(session, operation.id)
  session.show(operation, () => `${operation.id}\n`)
  return 0
}
