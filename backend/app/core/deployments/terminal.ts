import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type Driver, EngineError } from '@windflow/engine'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { Broker } from '../broker/broker.ts'
import type { Database } from '../db/database.ts'
import type { Scope } from '../db/scope.ts'
import { scopeFor } from '../db/scope.ts'
import type { App } from '../http/types.ts'
import type { Logger } from '../kernel/log.ts'
import type { Live } from './live.ts'

/** What a ticket stands for: who may open which shell. */
export interface TerminalRequest {
  readonly deployment: string
  readonly service: string
  readonly instance: number
  readonly command: readonly string[]
}

export const TERMINAL_PATH = '/api/v1/engine/terminal'

const TICKET_MS = 30_000
const MAX_MESSAGE = 64 * 1024

/**
 * Shells in containers over WebSocket. A ticket is asked for by an ordinary request, with all its checks, and opens one
 * connection once: no token is ever in an address that is kept. Bytes go both ways as binary messages; text messages are
 * JSON: `{"resize": {"columns", "rows"}}` from the client, `{"exit": code}` or `{"error": ...}` from here.
 */
export class Terminals {
  readonly #database: Database
  readonly #live: Live
  readonly #broker: Broker
  readonly #log: Logger
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE })

  constructor(database: Database, live: Live, broker: Broker, log: Logger) {
    this.#database = database
    this.#live = live
    this.#broker = broker
    this.#log = log
  }

  async ticket(scope: Scope, request: TerminalRequest): Promise<string> {
    const ticket = randomBytes(24).toString('base64url')
    await this.#database.transaction(async (unit) => {
      const { deployment, ...after } = request
      unit.audit(scope, { action: 'deployment.exec', subject: `deployment/${deployment}`, after })
    })
    await this.#broker.put(`terminal/${ticket}`, JSON.stringify({ request, scope }), TICKET_MS)
    return ticket
  }

  /** Takes over WebSocket upgrades of the app's server; every other upgrade is refused. */
  attach(app: App): void {
    app.server.on('upgrade', (request: IncomingMessage, socket, head: Buffer) => {
      const url = URL.parse(request.url ?? '', 'http://localhost')
      const foreign =
        request.headers.origin !== undefined && URL.parse(request.headers.origin)?.host !== request.headers.host
      if (url?.pathname !== TERMINAL_PATH || foreign) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
        return
      }
      this.#sockets.handleUpgrade(request, socket, head, (opened) => {
        this.#serve(opened, url.searchParams.get('ticket') ?? '').catch((error: unknown) => {
          this.#log.error({ err: error }, 'a terminal broke off')
          opened.close(1011)
        })
      })
    })
    app.addHook('preClose', async () => {
      for (const client of this.#sockets.clients) client.close(1001, 'the server stops')
    })
  }

  async #serve(socket: WebSocket, ticket: string): Promise<void> {
    // What is typed before the shell is there must not be lost.
    const early: { readonly data: RawData; readonly binary: boolean }[] = []
    const keep = (data: RawData, binary: boolean): void => {
      early.push({ data, binary })
    }
    socket.on('message', keep)
    const kept = await this.#broker.take(`terminal/${ticket}`)
    if (kept === undefined) {
      socket.send(
        JSON.stringify({
          error: { code: 'ticket-not-valid', message: 'the ticket was used, is over, or was never given' },
        }),
      )
      socket.close(1008)
      return
    }
    // Written by `ticket` alone.
    const { request, scope } = JSON.parse(kept) as { request: TerminalRequest; scope: Scope }
    await using live = await this.#live.open(
      scopeFor(scope.organization, scope.actor, scope.origin),
      request.deployment,
    )
    await this.#pipe(socket, live.driver, live.deployment.project, request, (handle) => {
      socket.off('message', keep)
      socket.on('message', handle)
      for (const { data, binary } of early) handle(data, binary)
    })
  }

  async #pipe(
    socket: WebSocket,
    driver: Driver,
    project: string,
    request: TerminalRequest,
    listen: (handle: (data: RawData, binary: boolean) => void) => void,
  ): Promise<void> {
    const gone = new AbortController()
    socket.once('close', () => gone.abort())
    try {
      const { service, instance, command } = request
      const session = await driver.exec(
        project,
        service,
        { command, instance, tty: true, interactive: true },
        gone.signal,
      )
      const stdin = session.stdin.getWriter()
      listen((data, binary) => {
        const bytes = Buffer.isBuffer(data) ? data : Buffer.concat([data].flat().map((part) => new Uint8Array(part)))
        if (binary) stdin.write(bytes).catch(() => undefined)
        else resize(bytes.toString('utf8'), session.resize.bind(session))
      })
      for await (const chunk of session.stdout)
        if (socket.readyState === socket.OPEN) socket.send(chunk, { binary: true })
      const exit = await session.exit
      socket.send(JSON.stringify({ exit }))
      socket.close(1000)
    } catch (error) {
      if (gone.signal.aborted) return
      const known = error instanceof EngineError && error.class !== 'bug'
      if (!known) this.#log.error({ err: error }, 'a terminal broke off')
      const shown = known
        ? { code: error.code, message: error.message }
        : { code: 'internal', message: 'the terminal broke off' }
      socket.send(JSON.stringify({ error: shown }))
      socket.close(1011)
    }
  }
}

function resize(text: string, apply: (columns: number, rows: number) => Promise<void>): void {
  try {
    const message: unknown = JSON.parse(text)
    if (typeof message !== 'object' || message === null || !('resize' in message)) return
    const { columns, rows } = message.resize as { columns?: unknown; rows?: unknown }
    const fits = (value: unknown): value is number =>
      Number.isInteger(value) && Number(value) > 0 && Number(value) <= 1000
    if (fits(columns) && fits(rows)) apply(columns, rows).catch(() => undefined)
  } catch {
    // Not a message of ours: ignored, as unknown messages are.
  }
}
