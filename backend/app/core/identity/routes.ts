import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Database } from '../db/database.ts'
import { originOf } from '../http/guard.ts'
import { Id } from '../http/page.ts'
import type { App, Principal } from '../http/types.ts'
import { closed } from '../http/validation.ts'
import { DomainError, notFound } from '../kernel/errors.ts'
import type { Organizations } from '../organizations/organizations.ts'
import type { IdentityAuthority } from './authority.ts'
import { setUpByLink } from './first-admin.ts'
import type { PermissionMatrix } from './permissions.ts'
import { identityRepository } from './repository.ts'
import { Me, type MeView, NewPassword, PersonName, RoleSchema, SessionView, SetUp, SignIn } from './schema.ts'
import { type Client, SESSION_SECONDS, type Sessions } from './sessions.ts'
import { ACCESS_SECONDS } from './tokens.ts'

export interface IdentityParts {
  readonly database: Database
  readonly authority: IdentityAuthority
  readonly sessions: Sessions
  readonly organizations: Organizations
  readonly matrix: PermissionMatrix
}

const REFRESH_PATH = '/api/v1/auth'
const publicRoute = { permission: 'public', scope: 'none' } as const
const own = { permission: 'authenticated', scope: 'self' } as const

export function identityRoutes(app: App, parts: IdentityParts): void {
  const { database, authority, sessions, organizations, matrix } = parts

  app.get(
    '/auth/setup',
    {
      config: publicRoute,
      schema: {
        summary: 'Whether the installation waits for its first administrator',
        response: { 200: closed({ needed: Type.Boolean() }) },
      },
    },
    async () => ({ needed: !(await identityRepository.anyAccount(database.query)) }),
  )

  app.post(
    '/auth/setup',
    {
      config: { ...publicRoute, audit: 'installation.set-up' },
      schema: { summary: 'Become the first administrator, by the one-use link', body: SetUp, response: { 201: Me } },
    },
    async (request, reply) => {
      const { token, ...admin } = request.body
      const account = await setUpByLink(database, token, admin, originOf(request))
      await signedIn(request, reply, await sessions.open(account, clientOf(request)))
      return reply.code(201).send(await me(parts, account.id))
    },
  )

  app.post(
    '/auth/login',
    {
      config: { ...publicRoute, audit: 'session.open' },
      schema: { summary: 'Sign in', body: SignIn, response: { 200: Me } },
    },
    async (request, reply) => {
      const made = await sessions.signIn(request.body.email, request.body.password, clientOf(request))
      await signedIn(request, reply, made)
      return me(parts, made.account.id)
    },
  )

  app.post(
    '/auth/refresh',
    {
      config: { ...publicRoute, audit: false },
      schema: { summary: 'Renew the session', response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const token = request.cookies.windflow_refresh
      if (token === undefined)
        throw new DomainError('unauthenticated', 'session-over', 'there is no session to renew: sign in')
      const { access, refresh } = await sessions.refresh(token).catch((error: unknown) => {
        if (error instanceof DomainError && error.kind === 'unauthenticated') clearCookies(reply)
        throw error
      })
      setCookies(request, reply, access, refresh)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/auth/logout',
    { config: { ...own, audit: false }, schema: { summary: 'End this session', response: { 204: Type.Null() } } },
    async (request, reply) => {
      if (request.who.kind === 'session') await sessions.end(request.who.account.id, { only: request.who.id })
      clearCookies(reply)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/auth/logout-everywhere',
    {
      config: { ...own, audit: false },
      schema: { summary: 'End every session of mine', response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await sessions.end(request.who.account.id, {})
      clearCookies(reply)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/auth/sessions',
    { config: own, schema: { summary: 'My sessions', response: { 200: closed({ items: Type.Array(SessionView) }) } } },
    async (request) => {
      const rows = await identityRepository.sessions(database.query, request.who.account.id)
      return {
        items: rows.map((row) => ({
          id: row.id,
          current: row.id === request.who.id,
          address: row.address,
          userAgent: row.user_agent,
          createdAt: row.created_at.toISOString(),
          lastSeenAt: row.last_seen_at.toISOString(),
          expiresAt: row.expires_at.toISOString(),
        })),
      }
    },
  )

  app.delete(
    '/auth/sessions/:id',
    {
      config: { ...own, audit: false },
      schema: { summary: 'End one session of mine', params: closed({ id: Id }), response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      if ((await sessions.end(request.who.account.id, { only: request.params.id })) === 0) throw notFound('session')
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/auth/password',
    {
      config: { ...own, audit: 'account.password' },
      schema: {
        summary: 'Change my password; every other session ends',
        body: closed({ password: Type.String({ maxLength: 200 }), newPassword: NewPassword }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      requireSession(request.who)
      const { password, newPassword } = request.body
      await sessions.changePassword(request.who.account.id, password, newPassword, request.who.id, clientOf(request))
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/auth/invitations/accept',
    {
      config: { ...publicRoute, audit: 'invitation.accept' },
      schema: {
        summary: 'Join an organization by invitation',
        body: closed({
          token: Type.String({ maxLength: 200 }),
          name: Type.Optional(PersonName),
          password: Type.Optional(NewPassword),
        }),
        response: { 200: Me },
      },
    },
    async (request, reply) => {
      const { token, ...person } = request.body
      const present = await authority.authenticate(request)
      const account = await organizations.accept(token, person, present, originOf(request))
      if (present === undefined) await signedIn(request, reply, await sessions.open(account, clientOf(request)))
      return me(parts, account.id)
    },
  )

  app.get(
    '/me',
    { config: own, schema: { summary: 'Who I am and what I may do', response: { 200: Me } } },
    async (request) => me(parts, request.who.account.id),
  )

  app.get(
    '/permissions',
    {
      config: { permission: 'authenticated', scope: 'none' },
      schema: {
        summary: 'The permission matrix',
        response: {
          200: closed({ items: Type.Array(closed({ permission: Type.String(), roles: Type.Array(RoleSchema) })) }),
        },
      },
    },
    async () => ({ items: matrix.entries().map(({ permission, roles }) => ({ permission, roles: [...roles] })) }),
  )
}

async function me({ database, matrix }: IdentityParts, id: string): Promise<MeView> {
  const account = await identityRepository.accountById(database.query, id)
  if (account === undefined) throw notFound('account')
  const memberships = await identityRepository.memberships(database.query, id)
  return {
    account: { id, email: account.email, name: account.name, superadmin: account.superadmin },
    organizations: [...memberships],
    permissions: Object.fromEntries(
      memberships.map(({ id: organization, role }) => [organization, [...matrix.of(role)]]),
    ),
  }
}

function clientOf(request: FastifyRequest): Client {
  return {
    ...originOf(request),
    userAgent: request.headers['user-agent'] ?? '',
    device: request.cookies.windflow_device,
  }
}

async function signedIn(
  request: FastifyRequest,
  reply: FastifyReply,
  made: { readonly access: string; readonly refresh: string; readonly device: string },
): Promise<void> {
  setCookies(request, reply, made.access, made.refresh)
  reply.setCookie('windflow_device', made.device, { ...cookie(request), path: REFRESH_PATH, maxAge: 365 * 24 * 3600 })
}

function cookie(request: FastifyRequest) {
  return { httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' } as const
}

function setCookies(request: FastifyRequest, reply: FastifyReply, access: string, refresh: string): void {
  reply.setCookie('windflow_access', access, { ...cookie(request), path: '/', maxAge: ACCESS_SECONDS })
  reply.setCookie('windflow_refresh', refresh, { ...cookie(request), path: REFRESH_PATH, maxAge: SESSION_SECONDS })
}

function clearCookies(reply: FastifyReply): void {
  reply.clearCookie('windflow_access', { path: '/' }).clearCookie('windflow_refresh', { path: REFRESH_PATH })
}

function requireSession(principal: Principal): void {
  if (principal.kind === 'session') return
  throw new DomainError('forbidden', 'not-for-tokens', 'this needs a signed-in person, not a token')
}
