import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import cookie from '@fastify/cookie'
import fastify, { type FastifyServerOptions, LogController, type RouteOptions } from 'fastify'
import { Value } from 'typebox/value'
import type { Broker } from '../broker/broker.ts'
import type { Database } from '../db/database.ts'
import { BootError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/log.ts'
import { type Authority, installGuard } from './guard.ts'
import { installIdempotency, type Sealer } from './idempotency.ts'
import { type DescribedRoute, describeRoute } from './openapi.ts'
import { sendProblem } from './problem.ts'
import { installRateLimit } from './rate-limit.ts'
import { Streams } from './stream.ts'
import type { App } from './types.ts'
import { validatorCompiler } from './validation.ts'

export interface AppOptions {
  readonly log: Logger
  readonly authority: Authority
  readonly database: Database
  readonly broker: Broker
  readonly sealer: Sealer
  readonly rateLimit: boolean
  readonly trustedProxies: readonly string[]
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
  /** Hold every answer against its schema; the tests do, a server need not. */
  readonly checkAnswers?: boolean
}

/** Strict enough for JSON; pages set their own policy. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

/** The Fastify app with all rules that hold for every route; the routes themselves come from the domains. */
export async function createApp(
  options: AppOptions,
): Promise<{ readonly app: App; readonly routes: readonly DescribedRoute[]; readonly streams: Streams }> {
  const routes: DescribedRoute[] = []
  const streams = new Streams()
  const app: App = openFastify(options)
  app.setValidatorCompiler(validatorCompiler)
  // Answers are written by `JSON.stringify`: views list their members, and nothing is compiled per route.
  app.setSerializerCompiler(({ schema, url, method }) => (data: unknown) => {
    if (options.checkAnswers === true) {
      const errors = Value.Errors(schema as never, data)
      if (errors.length > 0)
        throw new Error(`the answer of ${method} ${url} is not as declared: ${JSON.stringify(errors)}`)
    }
    return JSON.stringify(data)
  })
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    reply.code(404).type('application/problem+json')
    return reply.send({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      code: 'no-such-route',
      detail: `there is nothing at ${request.method} ${request.url.split('?')[0]}`,
      requestId: request.id,
    })
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id)
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store')
  })
  app.addHook('preClose', async () => streams.endAll())
  if (options.rateLimit) installRateLimit(app, options.broker)
  await app.register(cookie)
  installGuard(app, options.authority, (route: RouteOptions) => routes.push(...describeRoute(route)))
  installIdempotency(app, options.database, options.sealer)
  return { app, routes, streams }
}

function openFastify({ log, tls, trustedProxies }: AppOptions): App {
  const common = {
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1024 * 1024,
    exposeHeadRoutes: false,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    requestTimeout: 120_000,
    forceCloseConnections: 'idle' as const,
    genReqId: () => randomBytes(12).toString('base64url'),
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 200 },
  }
  const frameworkErrors: FastifyServerOptions['frameworkErrors'] = (error, request, reply) => {
    sendProblem(error, request, reply)
  }
  try {
    if (tls === undefined) return fastify({ ...common, frameworkErrors }) as unknown as App
    return fastify({
      ...common,
      frameworkErrors,
      https: { cert: readFileSync(tls.cert), key: readFileSync(tls.key) },
    }) as unknown as App
  } catch (error) {
    throw new BootError('The HTTP server cannot be made:', [
      `check WINDFLOW_TRUSTED_PROXIES, WINDFLOW_TLS_CERT and WINDFLOW_TLS_KEY: ${error instanceof Error ? error.message : error}`,
    ])
  }
}
