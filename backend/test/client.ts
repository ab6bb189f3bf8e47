import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { App } from '../app/core/http/types.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every route; the schemas are checked by the server
  readonly body: any
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One browser or program: keeps its cookies, or sends its token. */
export class Client {
  readonly #app: App
  readonly cookies = new Map<string, string>()
  token: string | undefined
  organization: string | undefined

  constructor(app: App) {
    this.#app = app
  }

  async request(
    method: Method,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const answer = await this.#app.inject({
      method,
      url: path.startsWith('/api/') || path === '/metrics' ? path : `/api/v1${path}`,
      headers: {
        ...(this.cookies.size === 0
          ? {}
          : { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(this.organization === undefined ? {} : { 'windflow-organization': this.organization }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body as object }),
    })
    for (const { name, value } of answer.cookies) {
      if (value === '') this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    const text = answer.payload
    const json = /json/.test(String(answer.headers['content-type'] ?? '')) && text !== ''
    return { status: answer.statusCode, headers: answer.headers, body: json ? JSON.parse(text) : text }
  }

  /** As `request`, and fails the test with the answer in it when the status is another. @returns the body. */
  async expect(
    status: number,
    method: Method,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer['body']> {
    const answer = await this.request(method, path, body, headers)
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBe(status)
    return answer.body
  }

  get(path: string, status = 200): Promise<Answer['body']> {
    return this.expect(status, 'GET', path)
  }

  post(path: string, body: unknown = {}, status = 201): Promise<Answer['body']> {
    return this.expect(status, 'POST', path, body)
  }

  patch(path: string, body: unknown, status = 200): Promise<Answer['body']> {
    return this.expect(status, 'PATCH', path, body)
  }

  delete(path: string, status = 204): Promise<Answer['body']> {
    return this.expect(status, 'DELETE', path)
  }

  /** Waits until an operation is in one of the states, or has ended. */
  async operation(id: string, ...states: readonly string[]): Promise<Answer['body']> {
    for (let tries = 0; tries < 600; tries++) {
      const operation = await this.get(`/operations/${id}`)
      if (operation.finishedAt !== undefined || states.includes(operation.state)) return operation
      await sleep(50)
    }
    throw new Error(`operation ${id} does not get there: ${JSON.stringify(await this.get(`/operations/${id}`))}`)
  }
}
