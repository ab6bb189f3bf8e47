import type { ApiClient } from '@windflow/api-client'
import { EngineError } from '@windflow/engine'
import type { CommandContext } from '../context.ts'
import { answer, apiOf, headersOf } from './api.ts'
import { type Login, loginFor } from './credentials.ts'

/** Options every command has that talks to a server. */
export interface ServerOptions {
  readonly server?: string
  readonly organization?: string
  readonly json?: boolean
}

/** One command's talk with one server. */
export class Session {
  readonly login: Login
  readonly api: ApiClient
  readonly json: boolean
  readonly context: CommandContext
  readonly #organization: string | undefined

  constructor(context: CommandContext, options: ServerOptions) {
    this.context = context
    this.login = loginFor(context.env, options.server)
    this.#organization = options.organization ?? (context.env.WINDFLOW_ORGANIZATION || undefined)
    this.api = apiOf(this.login, this.#organization)
    this.json = options.json === true
  }

  get headers(): Record<string, string> {
    return headersOf(this.login, this.#organization)
  }

  /** Prints a result: as it is for programs, in words for people. */
  show(value: unknown, words: () => string): void {
    this.context.streams.out(this.json ? `${JSON.stringify(value)}\n` : words())
  }

  /** Something said on the way, for people only. */
  say(text: string): void {
    if (!this.json) this.context.streams.err(`${text}\n`)
  }

  stackId(named: string): Promise<string> {
    return this.#idOf('stack', named, (search) =>
      answer(this.api.GET('/api/v1/stacks', { params: { query: { search, limit: 200 } } })),
    )
  }

  deploymentId(named: string): Promise<string> {
    return this.#idOf('deployment', named, (search) =>
      answer(this.api.GET('/api/v1/deployments', { params: { query: { search, limit: 200 } } })),
    )
  }

  targetId(named: string): Promise<string> {
    return this.#idOf('target', named, () =>
      answer(this.api.GET('/api/v1/targets', { params: { query: { limit: 200 } } })),
    )
  }

  secretId(named: string): Promise<string> {
    return this.#idOf('secret', named, () =>
      answer(this.api.GET('/api/v1/secrets', { params: { query: { limit: 200 } } })),
    )
  }

  /** People say names, programs ids. */
  async #idOf(
    what: string,
    named: string,
    list: (search: string) => Promise<{ items: { id: string; name: string }[] }>,
  ): Promise<string> {
    if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(named)) return named
    const { items } = await list(named)
    const found = items.find(({ name }) => name === named)
    if (found !== undefined) return found.id
    throw new EngineError('cli/not-found', `there is no ${what} "${named}"`, {
      class: 'user',
      hint: `\`windflow ${what} list\` shows those there are`,
    })
  }
}

/** Rows in columns as wide as they need to be. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)))
  return all
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
