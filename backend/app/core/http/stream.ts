import type { FastifyReply, FastifyRequest } from 'fastify'

const HEARTBEAT_MS = 15_000
/** A client this far behind is let go: it comes back with `Last-Event-ID` and reads from the database. */
const MAX_BUFFERED = 1024 * 1024

/** One open answer of server-sent events (WHATWG HTML, section 9.2). */
export interface EventStream {
  /** Aborts when the client has gone, was too slow, or the server stops. */
  readonly closed: AbortSignal
  send(message: { readonly id?: string; readonly event?: string; readonly data: unknown }): void
  /** Ends the answer; the client may connect again. */
  end(): void
}

/** Opens streams and ends those still open when the server stops. */
export class Streams {
  readonly #open = new Set<EventStream>()

  get count(): number {
    return this.#open.size
  }

  open(_request: FastifyRequest, reply: FastifyReply): EventStream {
    const { raw } = reply
    reply.hijack()
    raw.writeHead(200, {
      ...reply.getHeaders(),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    } as Record<string, string>)
    raw.flushHeaders()
    const controller = new AbortController()
    const write = (text: string): void => {
      if (controller.signal.aborted) return
      raw.write(text)
      if (raw.writableLength > MAX_BUFFERED) raw.destroy()
    }
    const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS)
    const stream: EventStream = {
      closed: controller.signal,
      send: ({ id, event, data }) => {
        const head = `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}`
        write(`${head}data: ${JSON.stringify(data)}\n\n`)
      },
      end: () => raw.end(),
    }
    this.#open.add(stream)
    raw.once('close', () => {
      clearInterval(heartbeat)
      this.#open.delete(stream)
      controller.abort()
    })
    return stream
  }

  endAll(): void {
    for (const stream of [...this.#open]) stream.end()
  }
}

/** Where a client that was cut off goes on (`Last-Event-ID`), or `from` of the query, or the given start. */
export function resumeAfter(request: FastifyRequest, from: number | undefined, start: number): number {
  const header = request.headers['last-event-id']
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header)
  return from ?? start
}
