import type { CommandContext } from '../context.ts'
import { answer } from './api.ts'
import { ask } from './password.ts'
import { columns, type ServerOptions, Session } from './session.ts'

export async function listSecrets(context: CommandContext, options: ServerOptions): Promise<number> {
  const session = new Session(context, options)
  const page = await answer(session.api.GET('/api/v1/secrets', { params: { query: { limit: 200 } } }))
  session.show(page, () =>
    columns(
      ['NAME', 'VERSION', 'DESCRIPTION'],
      page.items.map(({ name, version, description }) => [name, String(version), description]),
    ),
  )
  return 0
}

export async function createSecret(
  context: CommandContext,
  options: ServerOptions & { readonly description?: string },
  name: string,
): Promise<number> {
  const session = new Session(context, options)
  const value = await ask(context, `Value of ${name}`, true)
  const secret = await answer(
    session.api.POST('/api/v1/secrets', { body: { name, value, description: options.description ?? '' } }),
  )
  session.show(secret, () => `created ${secret.name}; use it as secret://${secret.name}\n`)
  return 0
}

export async function setSecret(context: CommandContext, options: ServerOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.secretId(name)
  const value = await ask(context, `New value of ${name}`, true)
  const secret = await answer(
    session.api.POST('/api/v1/secrets/{id}/versions', { params: { path: { id } }, body: { value } }),
  )
  const users = secret.usedBy.map((user) => user.name).join(', ')
  session.show(
    secret,
    () => `${secret.name} has version ${secret.version}${users === '' ? '' : `; deploy to use it: ${users}`}\n`,
  )
  return 0
}

export async function deleteSecret(context: CommandContext, options: ServerOptions, name: string): Promise<number> {
  const session = new Session(context, options)
  const id = await session.secretId(name)
  await answer(session.api.DELETE('/api/v1/secrets/{id}', { params: { path: { id } } }))
  session.show({ id }, () => `deleted ${name}\n`)
  return 0
}
