import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem, Refused, unreachable } from './api.ts'

export interface StreamEvent {
  readonly id: string
  readonly event: string
  readonly data: unknown
}

const RECONNECT_MS = 500
const RECONNECT_FOR_MS = 60_000

export interface StreamOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Whether this event is the last: the stream is then not asked for again. */
  readonly isLast?: (event: StreamEvent) => boolean
}

/**
 * Server-sent events (WHATWG HTML, section 9.2). A broken connection is opened again after the last event seen, so that
 * each comes once; only a server that stays away for a minute is an error.
 */
export async function* eventStream({ url, headers, signal, isLast }: StreamOptions): AsyncGenerator<StreamEvent> {
  let last = ''
  let awaySince: number | undefined
  while (!signal.aborted) {
    try {
      const resume = last === '' ? {} : { 'last-event-id': last }
      const response = await fetch(url, { headers: { ...headers, ...resume, accept: 'text/event-stream' }, signal })
      if (!response.ok || response.body === null) {
        const problem: unknown = await response.json().catch(() => undefined)
        if (isProblem(problem) && problem.status < 500) throw new Refused(problem)
        throw new Error(`answered ${response.status}`)
      }
      awaySince = undefined
      for await (const event of parse(response.body.pipeThrough(new TextDecoderStream()))) {
        if (event.id !== '') last = event.id
        yield event
        if (isLast?.(event) === true) return
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof Refused) throw error
      awaySince ??= Date.now()
      if (Date.now() - awaySince > RECONNECT_FOR_MS) throw unreachable(error)
    }
    await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined)
  }
}

async function* parse(chunks: AsyncIterable<string>): AsyncGenerator<StreamEvent> {
  let rest = ''
  for await (const chunk of chunks) {
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = { id: '', event: 'message', data: '' }
      for (const line of block.split('\n')) {
        const [, name, value = ''] = /^(id|event|data): ?(.*)$/s.exec(line) ?? []
        if (name === 'id' || name === 'event') fields[name] = value
        else if (name === 'data') fields.data += value
      }
      if (fields.data !== '') yield { id: fields.id, event: fields.event, data: JSON.parse(fields.data) }
    }
  }
}
