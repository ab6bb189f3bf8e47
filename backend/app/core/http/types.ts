import type {
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { Scope } from '../db/scope.ts'
import type { Logger } from '../kernel/log.ts'

/** Types of params, query, body and answers come from the TypeBox schemas of the route. */
interface TypeBoxProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown
  readonly serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown
}

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  Logger,
  TypeBoxProvider
>

/** Who sent a request, as proven by its credential. */
export interface Principal {
  readonly kind: 'session' | 'token'
  /** Id of the session or of the API token. */
  readonly id: string
  readonly account: { readonly id: string; readonly name: string; readonly email: string; readonly superadmin: boolean }
  /** What an API token is limited to; `permissions` absent means all of its owner's. */
  readonly limits?: { readonly organization: string; readonly permissions?: readonly string[] }
}

/**
 * public: for anyone, also unauthenticated. authenticated: any signed-in account, about itself.
 * Anything else is a permission of the matrix.
 */
export type RoutePermission = 'public' | 'authenticated' | (string & {})

/**
 * none: touches no tenant's rows. self: the account's own. organization: the rows of the organization the request names.
 * platform: the whole installation; superadmins only.
 */
export type RouteScope = 'none' | 'self' | 'organization' | 'platform'

declare module 'fastify' {
  interface FastifyContextConfig {
    permission?: RoutePermission
    scope?: RouteScope
    /** What the audit trail calls it; `false` where nothing is changed. Required on routes that may change something. */
    audit?: string | false
    /** The answer is a stream that stays open. */
    stream?: boolean
    /** Answered by a worker: needs a live engine. */
    engine?: boolean
  }
  interface FastifySchema {
    summary?: string
    /** Not part of the published document. */
    hide?: boolean
    description?: string
  }
  interface FastifyRequest {
    /** Set by the guard on every route that is not public. */
    principal: Principal | undefined
    tenant: Scope | undefined
    /** What the principal may do in the organization; empty on routes of another scope. */
    readonly permissions: ReadonlySet<string>
    granted: ReadonlySet<string> | undefined
    /** The signed-in account. Throws on public routes. */
    readonly who: Principal
    /** The organization's scope. Throws on routes whose scope is another. */
    readonly scope: Scope
  }
}
