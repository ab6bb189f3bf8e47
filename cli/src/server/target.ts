import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { paths } from '@windflow/api-client'
import { EngineError } from '@windflow/engine'
import type { CommandContext } from '../context.ts'
import { answer } from './api.ts'
import { columns, type ServerOptions, Session } from './session.ts'

export async function listTargets(context: CommandContext, options: ServerOptions): Promise<number> {
  const session = new Session(context, options)
  const page = await answer(session.api.GET('/api/v1/targets', { params: { query: { limit: 200 } } }))
  session.show(page, () =>
    columns(
      ['NAME', 'KIND', 'STATE', 'REASON'],
      page.items.map(({ name, kind, status }) => [name, kind, status.state, status.reason ?? '']),
    ),
  )
  return 0
}

export async function showTarget(context: CommandContext, options: ServerOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.targetId(name)
  const target = await answer(session.api.GET('/api/v1/targets/{id}', { params: { path: { id } } }))
  const { state, reason = '', facts } = target.status
  session.show(target, () => {
    const shown = Object.entries(facts).map(([fact, value]) => [fact, String(value)])
    return columns(['name', target.name], [['state', state], ['reason', reason], ...shown])
  })
  return state === 'down' ? 1 : 0
}

interface AddOptions extends ServerOptions {
  readonly url?: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly hostKey?: string
  readonly concurrency?: string
}

type NewTarget = paths['/api/v1/targets']['post']['requestBody']['content']['application/json']

export async function addTarget(context: CommandContext, options: AddOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const body = newTarget(context.cwd, options, name)
  const target = await answer(session.api.POST('/api/v1/targets', { body }))
  session.show(
    target,
    () => `added ${target.name}; \`windflow target show ${target.name}\` says whether it is reached\n`,
  )
  return 0
}

function newTarget(cwd: string, options: AddOptions, name: string): NewTarget {
  const given = <T>(value: T | undefined, flag: string): T => {
    if (value !== undefined) return value
    throw new EngineError('cli/usage', `${flag} is needed for ${options.url}`, { class: 'user' })
  }
  const file = (path: string | undefined, flag: string): string => readFileSync(resolve(cwd, given(path, flag)), 'utf8')
  const common = { name, kind: 'docker' as const, concurrency: Number(options.concurrency) }
  const pattern = /^(tls|ssh):\/\/(?:([^@/]+)@)?(?:\[([^\]]+)\]|([^:/]+))(?::(\d+))?$/
  const [, scheme, user, bracketed, plain, port] = pattern.exec(options.url ?? '') ?? []
  const host = bracketed ?? plain ?? ''
  if (scheme === 'tls' && port !== undefined) {
    return {
      ...common,
      connection: { endpoint: 'tls', host, port: Number(port) },
      credentials: {
        ca: file(options.ca, '--ca'),
        cert: file(options.cert, '--cert'),
        key: file(options.key, '--key'),
      },
    }
  }
  if (scheme === 'ssh' && user !== undefined) {
    const hostKey = given(options.hostKey, '--host-key')
    return {
      ...common,
      connection: { endpoint: 'ssh', host, user, hostKey, ...(port === undefined ? {} : { port: Number(port) }) },
      credentials: { privateKey: file(options.key, '--key') },
    }
  }
  throw new EngineError('cli/usage', `"${options.url}" is not the address of an engine`, {
    class: 'user',
    hint: 'write tls://host:port or ssh://user@host[:port]',
  })
}

export async function removeTarget(context: CommandContext, options: ServerOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.targetId(name)
  await answer(session.api.DELETE('/api/v1/targets/{id}', { params: { path: { id } } }))
  session.show({ id }, () => `removed ${name}\n`)
  return 0
}
