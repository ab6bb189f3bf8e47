import type { CommandContext } from '../context.ts'
import { answer } from './api.ts'
import { wholeNumber } from './deployment.ts'
import { eventStream } from './event-stream.ts'
import { columns, type ServerOptions, Session } from './session.ts'

interface EventData {
  readonly time: string
  readonly type: string
  readonly subject: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Follows the organization's events until Ctrl-C. */
export async function events(
  context: CommandContext,
  options: ServerOptions & { readonly after?: string },
): Promise<number> {
  const session = new Session(context, options)
  const leave = new AbortController()
  const end = (): void => leave.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  const after =
    options.after === undefined ? '' : `?after=${options.after === '0' ? 0 : wholeNumber(options.after, '--after')}`
  const url = `${session.login.url}/api/v1/events${after}`
  for await (const { data } of eventStream({ url, headers: session.headers, signal: leave.signal })) {
    // What the server declares for this stream.
    const { time, type, subject, data: more } = data as EventData
    session.show(data, () => `${time} ${type} ${subject} ${JSON.stringify(more)}\n`)
  }
  return 0
}

export async function auditTrail(
  context: CommandContext,
  options: ServerOptions & { readonly limit?: string },
): Promise<number> {
  const session = new Session(context, options)
  const limit = wholeNumber(options.limit ?? '50', '--limit')
  const page = await answer(session.api.GET('/api/v1/audit', { params: { query: { limit } } }))
  session.show(page, () =>
    columns(
      ['NUMBER', 'TIME', 'ACTOR', 'ACTION', 'SUBJECT'],
      page.items.map(({ number, time, actor, action, subject }) => [
        String(number),
        time,
        actorName(actor),
        action,
        subject,
      ]),
    ),
  )
  return 0
}

function actorName(actor: unknown): string {
  return typeof actor === 'object' && actor !== null && 'name' in actor ? String(actor.name) : ''
}
