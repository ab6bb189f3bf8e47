import { hostname } from 'node:os'
import { createClient } from '@windflow/api-client'
import { EngineError } from '@windflow/engine'
import type { CommandContext } from '../context.ts'
import { answer } from './api.ts'
import { forgetLogin, keepLogin, serverUrl } from './credentials.ts'
import { ask } from './password.ts'
import { columns, type ServerOptions, Session } from './session.ts'

const TOKEN_DAYS = 90

export interface LoginOptions extends ServerOptions {
  readonly email?: string
}

/** Signs in with a password, makes a token for this machine, and keeps only that. */
export async function login(context: CommandContext, options: LoginOptions): Promise<number> {
  const url = serverUrl(context.env, options.server)
  const email = options.email ?? (await ask(context, 'E-mail address', false))
  const password = await ask(context, 'Password', true)
  const anonymous = createClient({ baseUrl: url })
  const { data, error, response } = await anonymous
    .POST('/api/v1/auth/login', { body: { email, password } })
    .catch((cause: unknown) => answer<never>(Promise.reject(cause)))
  const me = await answer(Promise.resolve({ ...(data === undefined ? {} : { data }), error, response }))
  const organization = options.organization ?? me.organizations[0]?.slug
  if (organization === undefined) {
    throw new EngineError('cli/no-organization', 'you belong to no organization yet', {
      class: 'user',
      hint: 'ask for an invitation',
    })
  }
  const cookie = response.headers
    .getSetCookie()
    .map((text) => text.split(';')[0])
    .join('; ')
  const signedIn = createClient({ baseUrl: url, headers: { cookie, 'windflow-organization': organization } })
  const made = await answer(
    signedIn.POST('/api/v1/tokens', { body: { name: `windflow on ${hostname()}`, expiresInDays: TOKEN_DAYS } }),
  )
  await answer(signedIn.POST('/api/v1/auth/logout', {}))
  keepLogin(context.env, { url, token: made.text, tokenId: made.token.id })
  const shown = { url, account: me.account.email, organization }
  context.streams.out(
    options.json === true
      ? `${JSON.stringify(shown)}\n`
      : `signed in to ${url} as ${me.account.email}, organization ${organization}, for ${TOKEN_DAYS} days\n`,
  )
  return 0
}

export async function logout(context: CommandContext, options: ServerOptions): Promise<number> {
  const session = new Session(context, options)
  const { url, tokenId } = session.login
  if (tokenId !== undefined) {
    await answer(session.api.DELETE('/api/v1/tokens/{id}', { params: { path: { id: tokenId } } }))
    forgetLogin(context.env, url)
  }
  session.show({ url }, () => `signed out of ${url}\n`)
  return 0
}

export async function whoami(context: CommandContext, options: ServerOptions): Promise<number> {
  const session = new Session(context, options)
  const me = await answer(session.api.GET('/api/v1/me', {}))
  session.show({ url: session.login.url, ...me }, () => {
    const rows = me.organizations.map(({ slug, name, role }) => [slug, name, role])
    return `${me.account.email} on ${session.login.url}\n${columns(['ORGANIZATION', 'NAME', 'ROLE'], rows)}`
  })
  return 0
}
