import type { FastifyRequest, RouteOptions } from 'fastify'
import { type Actor, type Origin, scopeFor } from '../db/scope.ts'
import { BootError, DomainError } from '../kernel/errors.ts'
import type { App, Principal, RouteScope } from './types.ts'

/** What the guard asks of the identity domain. */
export interface Authority {
  /** Who sent the request. `undefined` without a credential; rejects when the credential is not valid. */
  authenticate(request: FastifyRequest): Promise<Principal | undefined>
  /** The organization meant, if the principal belongs to it: by id or slug, or its only one when `named` is absent. */
  organizationOf(
    principal: Principal,
    named: string | undefined,
  ): Promise<{ readonly id: string; readonly permissions: ReadonlySet<string> }>
  /** Whether the permission is in the matrix. */
  knows(permission: string): boolean
}

const NOTHING: ReadonlySet<string> = new Set()

const SCOPES: readonly RouteScope[] = ['none', 'self', 'organization', 'platform']

/** A mistake in a route's declaration, or `undefined`. */
export function routeMistake(
  route: Pick<RouteOptions, 'method' | 'url' | 'config'>,
  knows: (permission: string) => boolean,
): string | undefined {
  const { permission, scope, audit } = route.config ?? {}
  const name = `${route.method} ${route.url}`
  if (permission === undefined) return `${name} declares no permission`
  if (scope === undefined || !SCOPES.includes(scope)) return `${name} declares no scope`
  const general = permission === 'public' || permission === 'authenticated'
  if (!general && !knows(permission)) return `${name} declares the unknown permission "${permission}"`
  if (general && (scope === 'organization' || scope === 'platform'))
    return `${name} is "${permission}" and cannot have the scope "${scope}"`
  if (!general && (scope === 'none' || scope === 'self'))
    return `${name} has a permission, which means nothing in the scope "${scope}"`
  const mayChange = [route.method].flat().some((method) => !['GET', 'HEAD', 'OPTIONS'].includes(method))
  if (mayChange && audit === undefined) return `${name} may change something and declares no audit action`
  return undefined
}

/**
 * Every route of the app and of what is registered in it: refused at the start unless it declares who may call it, and
 * checked before its input is looked at.
 */
export function installGuard(app: App, authority: Authority, onRoute: (route: RouteOptions) => void): void {
  app.addHook('onRoute', (route) => {
    const mistake = routeMistake(route, (permission) => authority.knows(permission))
    if (mistake !== undefined) {
      throw new BootError('Boot stopped: every route says who may call it.', [
        `${mistake}: set config { permission, scope, audit }`,
      ])
    }
    onRoute(route)
  })
  app.decorateRequest('principal', undefined)
  app.decorateRequest('tenant', undefined)
  app.decorateRequest('permissions', {
    getter() {
      return this.granted ?? NOTHING
    },
  })
  app.decorateRequest('granted', undefined)
  app.decorateRequest('who', {
    getter() {
      if (this.principal === undefined) throw new Error('this route is public: nobody is signed in')
      return this.principal
    },
  })
  app.decorateRequest('scope', {
    getter() {
      if (this.tenant === undefined) throw new Error('this route does not have the scope "organization"')
      return this.tenant
    },
  })
  app.addHook('onRequest', async (request) => {
    const { permission, scope } = request.routeOptions.config
    if (request.is404 || permission === undefined || permission === 'public') return
    const principal = await authority.authenticate(request)
    if (principal === undefined) throw new DomainError('unauthenticated', 'not-signed-in', 'sign in first')
    request.principal = principal
    if (scope === 'platform') {
      if (!principal.account.superadmin || principal.limits !== undefined) throw forbidden(permission)
    } else if (scope === 'organization') {
      await enter(authority, principal, permission, request)
    }
  })
}

async function enter(
  authority: Authority,
  principal: Principal,
  permission: string,
  request: FastifyRequest,
): Promise<void> {
  const { id, permissions } = await authority.organizationOf(principal, namedOrganization(request))
  if (!permissions.has(permission)) throw forbidden(permission)
  request.tenant = scopeFor(id, actorOf(principal), originOf(request))
  request.granted = permissions
}

/** By header; by query where a browser cannot set one (EventSource, WebSocket, downloads). */
function namedOrganization(request: FastifyRequest): string | undefined {
  const header = request.headers['windflow-organization']
  if (typeof header === 'string' && header !== '') return header
  const { query } = request
  const named = typeof query === 'object' && query !== null && 'organization' in query ? query.organization : undefined
  return typeof named === 'string' && named !== '' ? named : undefined
}

function forbidden(permission: string): DomainError {
  return new DomainError('forbidden', 'not-allowed', 'your role or token does not allow this', {
    extra: { permission },
  })
}

export function actorOf(principal: Principal): Actor {
  const { id, name } = principal.account
  return principal.kind === 'token' ? { kind: 'account', id, name, token: principal.id } : { kind: 'account', id, name }
}

export function originOf(request: FastifyRequest): Origin {
  return { address: request.ip, requestId: request.id }
}
