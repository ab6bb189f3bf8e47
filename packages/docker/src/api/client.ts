import http from 'node:http'
import { type Duplex, pipeline, Readable } from 'node:stream'
import { EngineError } from '@windflow/engine'
import { DialingAgent } from './agent.ts'
import type { Dialer } from './dialer.ts'
import { answerError, connectionError } from './errors.ts'
import { negotiate } from './version.ts'

type QueryValue = string | number | boolean | readonly string[] | Readonly<Record<string, unknown>> | undefined

export interface RequestOptions {
  /** Lists repeat the key; objects are sent as JSON, as filters are; booleans as 1 and 0; undefined is left out. */
  readonly query?: Readonly<Record<string, QueryValue>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it comes, never collected. Content type `application/x-tar` unless the headers say otherwise. */
  readonly body?: AsyncIterable<Uint8Array> | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

export interface ClientOptions {
  /** Speak exactly this version, as DOCKER_API_VERSION asks. Absent: negotiated. */
  readonly apiVersion?: string | undefined
  /** Bound of one JSON answer in bytes; 64 MiB unless told. */
  readonly maxJsonBytes?: number
  /** Milliseconds an engine may take to begin its answer to a reading request; a minute unless told. */
  readonly readTimeoutMs?: number
}

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
type Answer = http.IncomingMessage

const MAX_JSON_BYTES = 64 * 1024 * 1024
const READ_TIMEOUT_MS = 60_000
const MAX_ERROR_BYTES = 64 * 1024

/**
 * Client of the Docker Engine API. Connections are kept and reused; requests may run in parallel.
 *
 * The API version costs no request of its own where it can be helped: the first reading request goes out without one
 * and its `Api-Version` header decides; from then on each path carries it. A writing request that comes first asks
 * `/_ping`. Every method rejects with an `EngineError` (an `ApiError` with `status` when the engine answered), or with
 * the signal's reason when aborted.
 */
export class EngineClient {
  readonly address: string
  readonly #dialer: Dialer
  readonly #agent: DialingAgent
  readonly #maxJsonBytes: number
  readonly #readTimeoutMs: number
  #version: string | undefined
  #negotiation: Promise<string> | undefined

  constructor(dialer: Dialer, options: ClientOptions = {}) {
    this.address = dialer.address
    this.#dialer = dialer
    this.#agent = new DialingAgent(dialer)
    this.#maxJsonBytes = options.maxJsonBytes ?? MAX_JSON_BYTES
    this.#readTimeoutMs = options.readTimeoutMs ?? READ_TIMEOUT_MS
    this.#version = options.apiVersion?.replace(/^v/, '')
  }

  /** The negotiated version, such as `1.41`; asks the engine when nothing was said yet. */
  async apiVersion(signal?: AbortSignal): Promise<string> {
    if (this.#version !== undefined) return this.#version
    this.#negotiation ??= this.#ping(signal).finally(() => {
      this.#negotiation = undefined
    })
    return this.#negotiation
  }

  /** The JSON of the answer; undefined for an empty one (204, 304). `T` is the caller's claim about the wire. */
  async json<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
    const answer = await this.#send(method, path, options)
    const text = await readText(answer, this.#maxJsonBytes, this.address, options.signal)
    if (text === '') return undefined as T
    try {
      return JSON.parse(text) as T
    } catch (cause) {
      throw new EngineError(
        'engine-bad-answer',
        `${this.address} answered ${method} ${path} with text that is not JSON`,
        {
          class: 'target',
          cause,
        },
      )
    }
  }

  /** A request whose answer has no interesting body. 304 (already so) is success. */
  async send(method: Method, path: string, options: RequestOptions = {}): Promise<void> {
    const answer = await this.#send(method, path, options)
    await readText(answer, this.#maxJsonBytes, this.address, options.signal)
  }

  /** The answer's body, piece by piece as it comes. Whoever asks iterates it: to the end, or until leaving the loop,
   * which closes the connection. Breaks off with the signal's reason, or an `EngineError` when the connection broke. */
  async stream(method: Method, path: string, options: RequestOptions = {}): Promise<AsyncIterable<Buffer>> {
    return pieces(await this.#send(method, path, options), this.address, options.signal)
  }

  /** Turns the connection into a two-way byte stream (exec, attach). The caller owns and destroys it. */
  async hijack(path: string, options: RequestOptions = {}): Promise<Duplex> {
    const prefix = `/v${await this.apiVersion(options.signal)}`
    return new Promise((resolve, reject) => {
      const request = this.#request('POST', prefix + path, options, { Connection: 'Upgrade', Upgrade: 'tcp' })
      request.on('upgrade', (_answer, socket, head) => {
        if (head.length > 0) socket.unshift(head)
        resolve(socket)
      })
      request.on('response', (answer) => {
        this.#refusal(answer, 'POST', path).then(reject, reject)
      })
      request.on('error', (error) => reject(this.#failure(error, options.signal)))
      this.#write(request, options)
    })
  }

  /** A connection of its own to the engine, for another program's requests. The caller destroys it. */
  async openConnection(): Promise<Duplex> {
    return this.#dialer.dial()
  }

  /** Closes every connection, also those in use. */
  async close(): Promise<void> {
    this.#agent.destroy()
    await this.#dialer.close()
  }

  async #send(method: Method, path: string, options: RequestOptions): Promise<Answer> {
    const known = this.#version ?? (reads(method) ? undefined : await this.apiVersion(options.signal))
    const answer = await this.#exchange(method, known === undefined ? path : `/v${known}${path}`, options)
    if (known === undefined) {
      const offered = answer.headers['api-version']
      const version = typeof offered === 'string' ? negotiate(offered, this.address) : undefined
      if (version !== undefined) this.#version ??= version
      // Either a proxy hid the header (or refuses paths without a version), or the engine is newer than what we
      // know and answered in its own newest form: ask again with a version.
      if (version === undefined || version !== offered) {
        answer.destroy()
        await this.apiVersion(options.signal)
        return this.#send(method, path, options)
      }
    }
    const status = answer.statusCode ?? 0
    if ((status >= 200 && status < 300) || status === 304) return answer
    throw await this.#refusal(answer, method, path)
  }

  /** One request and its answer's head, whatever the status. A kept connection that the engine closed meanwhile is
   * noticed only when used: a reading request is then sent once more on another. */
  #exchange(method: Method, path: string, options: RequestOptions): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = this.#request(method, path, options)
      let answered = false
      const timer = reads(method) ? setTimeout(() => request.destroy(this.#silent()), this.#readTimeoutMs) : undefined
      request.on('response', (answer) => {
        answered = true
        clearTimeout(timer)
        resolve(answer)
      })
      request.on('error', (error) => {
        clearTimeout(timer)
        if (answered) return
        if (isStale(request, error) && options.signal?.aborted !== true)
          this.#exchange(method, path, options).then(resolve, reject)
        else reject(this.#failure(error, options.signal))
      })
      this.#write(request, options)
    })
  }

  #request(
    method: Method,
    path: string,
    options: RequestOptions,
    extra: Readonly<Record<string, string>> = {},
  ): http.ClientRequest {
    // The dialer names the server where TLS asks for it. Left out, Node works it out from the Host header, with a
    // regular expression that takes a millisecond to compile.
    const request: http.RequestOptions & { readonly servername: string } = {
      servername: '',
      agent: this.#agent,
      method,
      path: path + queryString(options.query),
      headers: { Host: 'docker', 'User-Agent': 'WindFlow', ...contentHeaders(options), ...options.headers, ...extra },
      ...(options.signal && { signal: options.signal }),
    }
    return http.request(request)
  }

  #write(request: http.ClientRequest, options: RequestOptions): void {
    if (options.json !== undefined) {
      request.end(JSON.stringify(options.json))
    } else if (options.body instanceof Uint8Array) {
      request.end(options.body)
    } else if (options.body !== undefined) {
      // An engine that refuses early closes while the body is on its way: its answer counts, not the broken pipe.
      pipeline(Readable.from(options.body, { objectMode: false }), request, () => {})
    } else {
      request.end()
    }
  }

  async #ping(signal: AbortSignal | undefined): Promise<string> {
    const answer = await this.#exchange('HEAD', '/_ping', { signal })
    answer.resume()
    const offered = answer.headers['api-version']
    if (typeof offered !== 'string') {
      throw new EngineError('engine-unreachable', `what answers on ${this.address} does not speak the Engine API`, {
        class: 'target',
        hint: 'check the port: an engine with TLS wants a client with TLS (DOCKER_TLS_VERIFY, DOCKER_CERT_PATH), and a proxy in between must pass /_ping with its headers',
      })
    }
    this.#version ??= negotiate(offered, this.address)
    return this.#version
  }

  async #refusal(answer: Answer, method: Method, path: string): Promise<EngineError> {
    const text = await readText(answer, MAX_ERROR_BYTES, this.address, undefined).catch(() => '')
    return answerError(answer.statusCode ?? 0, messageOf(text), `${method} ${path}`)
  }

  /** How long a change takes is for its step to say; a question that gets no answer is an engine that hangs. */
  #silent(): EngineError {
    const message = `the engine on ${this.address} gave no answer within ${this.#readTimeoutMs / 1000} s`
    return new EngineError('engine-timeout', message, { class: 'transient', hint: 'the engine hangs or is overloaded' })
  }

  #failure(error: unknown, signal: AbortSignal | undefined): unknown {
    return signal?.aborted === true ? signal.reason : connectionError(error, this.address)
  }
}

function reads(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

function isStale(request: http.ClientRequest, error: NodeJS.ErrnoException): boolean {
  return reads(request.method) && request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}

function contentHeaders(options: RequestOptions): Record<string, string> {
  if (options.json !== undefined) return { 'Content-Type': 'application/json' }
  if (options.body !== undefined) return { 'Content-Type': 'application/x-tar' }
  return {}
}

function messageOf(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text)
    if (parsed !== null && typeof parsed === 'object' && 'message' in parsed) return String(parsed.message)
  } catch {
    // Not every error is JSON: a proxy answers in its own words.
  }
  return text
}

async function readText(
  answer: Answer,
  maxBytes: number,
  address: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of pieces(answer, address, signal)) {
    size += chunk.length
    if (size > maxBytes) {
      throw new EngineError('engine-bad-answer', `${address} sent an answer of more than ${maxBytes} bytes`, {
        class: 'target',
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function* pieces(
  answer: Answer,
  address: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* answer as AsyncIterable<Buffer>
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : connectionError(error, address)
  }
}

/** `?a=1&b=...`, or an empty string. */
export function queryString(query: RequestOptions['query']): string {
  if (query === undefined) return ''
  const parameters = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue
    if (typeof value === 'boolean') parameters.append(key, value ? '1' : '0')
    else if (isList(value)) for (const item of value) parameters.append(key, item)
    else parameters.append(key, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}

function isList(value: QueryValue): value is readonly string[] {
  return Array.isArray(value)
}
