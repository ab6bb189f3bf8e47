import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { paths } from '@windflow/api-client'
import type { CommandContext } from '../context.ts'
import { answer } from './api.ts'
import { columns, type ServerOptions, Session } from './session.ts'
import { stackFiles } from './stack-files.ts'

interface FileOptions extends ServerOptions {
  readonly file?: readonly string[]
  readonly folder?: string
  readonly variables?: string
  readonly note?: string
}

type Content = paths['/api/v1/stacks/check']['post']['requestBody']['content']['application/json']

function content(context: CommandContext, options: FileOptions): Content {
  const { files, entry } = stackFiles(context.cwd, options.folder ?? '.', options.file ?? [])
  if (options.variables === undefined) return { files, entry }
  // The server checks what is in it, and says what is wrong where.
  const variables = JSON.parse(readFileSync(resolve(context.cwd, options.variables), 'utf8')) as NonNullable<
    Content['variables']
  >
  return { files, entry, variables }
}

export async function listStacks(context: CommandContext, options: ServerOptions): Promise<number> {
  const session = new Session(context, options)
  const page = await answer(session.api.GET('/api/v1/stacks', { params: { query: { limit: 200 } } }))
  session.show(page, () =>
    columns(
      ['NAME', 'VERSION', 'DESCRIPTION'],
      page.items.map(({ name, latestVersion, description }) => [name, String(latestVersion), description]),
    ),
  )
  return 0
}

export async function showStack(context: CommandContext, options: ServerOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.stackId(name)
  const stack = await answer(session.api.GET('/api/v1/stacks/{id}', { params: { path: { id } } }))
  session.show(stack, () => {
    const { files, entry, number } = stack.version
    const shown = files.filter(({ path }) => entry.includes(path)).map(({ path, content }) => `# ${path}\n${content}`)
    return `${stack.name}, version ${number}\n${shown.join('\n')}`
  })
  return 0
}

export async function createStack(context: CommandContext, options: FileOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const stack = await answer(session.api.POST('/api/v1/stacks', { body: { name, ...content(context, options) } }))
  session.show(stack, () => `created ${stack.name}, version 1\n`)
  return 0
}

export async function updateStack(context: CommandContext, options: FileOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.stackId(name)
  const body = { note: options.note ?? '', ...content(context, options) }
  const stack = await answer(session.api.POST('/api/v1/stacks/{id}/versions', { params: { path: { id } }, body }))
  session.show(stack, () => `${stack.name} has version ${stack.latestVersion}\n`)
  return 0
}

export async function checkStack(context: CommandContext, options: FileOptions): Promise<number> {
  const session = new Session(context, options)
  const checked = await answer(session.api.POST('/api/v1/stacks/check', { body: content(context, options) }))
  session.show(checked, () => {
    const warnings = checked.warnings.map(
      ({ file, line, column, message }) => `${file}:${line}:${column}: warning: ${message}\n`,
    )
    return `${warnings.join('')}valid\n`
  })
  return 0
}

export async function deleteStack(context: CommandContext, options: ServerOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.stackId(name)
  await answer(session.api.DELETE('/api/v1/stacks/{id}', { params: { path: { id } } }))
  session.show({ id }, () => `deleted ${name}\n`)
  return 0
}
