import { EngineError } from '@windflow/engine'
import { Type } from 'typebox'
import { OrganizationQuery } from '../events/routes.ts'
import { Id } from '../http/page.ts'
import type { Streams } from '../http/stream.ts'
import type { App } from '../http/types.ts'
import { closed } from '../http/validation.ts'
import type { IdentityAuthority } from '../identity/authority.ts'
import { DomainError } from '../kernel/errors.ts'
import { TargetStatus } from '../targets/schema.ts'
import type { Targets } from '../targets/targets.ts'
import type { TargetWatch } from '../targets/watch.ts'
import type { Deployments } from './deployments.ts'
import type { Live } from './live.ts'
import { TERMINAL_PATH, type Terminals } from './terminal.ts'

const ENGINE_MS = 30_000

const ById = closed({ id: Id })
const read = { permission: 'deployment:read', scope: 'organization', engine: true } as const

const ContainerView = closed({
  id: Type.String(),
  name: Type.String(),
  service: Type.String(),
  number: Type.Integer(),
  state: Type.String(),
  health: Type.String(),
  exitCode: Type.Optional(Type.Integer()),
  createdAt: Type.String(),
  imageId: Type.Optional(Type.String()),
  release: Type.Optional(Type.Integer()),
  ports: Type.Array(closed({ hostIp: Type.String(), port: Type.Integer(), protocol: Type.String() })),
})

const Refused = closed({ code: Type.String(), path: Type.String(), message: Type.String(), hint: Type.String() })

export interface EngineParts {
  readonly live: Live
  readonly streams: Streams
  readonly authority: IdentityAuthority
  readonly targets: Targets
  readonly targetWatch: TargetWatch
  readonly deployments: Deployments
  readonly terminals: Terminals
}

/** Routes that need a live engine: answered by workers, to which the proxy sends everything below `/api/v1/engine`. */
export function engineRoutes(
  app: App,
  { live, streams, authority, targets, targetWatch, deployments, terminals }: EngineParts,
): void {
  app.post(
    '/engine/deployments/:id/plan',
    {
      config: { ...read, audit: false },
      schema: {
        summary: 'What a deploy would change now',
        params: ById,
        response: { 200: closed({ plan: Type.Unknown(), refused: Type.Array(Refused) }) },
      },
    },
    async (request) => {
      const { plan, refused } = await engine(() =>
        live.plan(request.scope, request.params.id, AbortSignal.timeout(ENGINE_MS)),
      )
      return { plan, refused: [...refused] }
    },
  )

  app.get(
    '/engine/deployments/:id/drift',
    {
      config: read,
      schema: {
        summary: 'How what runs differs from the current release',
        params: ById,
        response: { 200: closed({ plan: Type.Unknown() }) },
      },
    },
    async (request) => ({
      plan: await engine(() => live.drift(request.scope, request.params.id, AbortSignal.timeout(ENGINE_MS))),
    }),
  )

  app.get(
    '/engine/deployments/:id/containers',
    {
      config: read,
      schema: {
        summary: 'Containers of a deployment',
        params: ById,
        response: { 200: closed({ items: Type.Array(ContainerView) }) },
      },
    },
    async (request) => {
      const found = await engine(() =>
        live.containers(request.scope, request.params.id, AbortSignal.timeout(ENGINE_MS)),
      )
      return {
        items: found.map(
          ({ id, name, service, number, state, health, exitCode, createdAt, imageId, windflow, ports }) => ({
            id,
            name,
            service,
            number,
            state,
            health,
            createdAt,
            ports: ports.map(({ hostIp, port, protocol }) => ({ hostIp, port, protocol })),
            ...(exitCode === undefined ? {} : { exitCode }),
            ...(imageId === undefined ? {} : { imageId }),
            ...(windflow?.release === undefined ? {} : { release: windflow.release }),
          }),
        ),
      }
    },
  )

  app.get(
    '/engine/deployments/:id/logs',
    {
      config: { ...read, stream: true },
      schema: {
        summary: 'Logs of the containers of a deployment, live',
        params: ById,
        querystring: closed({
          service: Type.Optional(Type.String({ maxLength: 100 })),
          tail: Type.Integer({ minimum: 0, maximum: 10_000, default: 200 }),
          since: Type.Optional(Type.String({ maxLength: 40, pattern: '^[0-9A-Za-z:.+-]+$' })),
          follow: Type.Boolean({ default: true }),
          ...OrganizationQuery,
        }),
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      const { scope, who } = request
      const { service, tail, since, follow } = request.query
      await using opened = await engine(() => live.open(scope, request.params.id))
      const { deployment, driver } = opened
      const redactor = await live.redactor(scope, deployment)
      const stream = streams.open(request, reply)
      const options = {
        tail,
        follow,
        timestamps: true,
        ...(service === undefined ? {} : { services: [service] }),
        ...(since === undefined ? {} : { since }),
      }
      try {
        for await (const { text, ...line } of driver.logs(deployment.project, options, stream.closed)) {
          if (!(await authority.still(who, scope.organization, read.permission))) break
          stream.send({ event: 'line', data: { ...line, text: redactor.text(text) } })
        }
        if (!stream.closed.aborted) stream.send({ event: 'end', data: {} })
      } catch (error) {
        if (!stream.closed.aborted) stream.send({ event: 'failed', data: failure(error) })
      }
      stream.end()
    },
  )

  app.get(
    '/engine/deployments/:id/stats',
    {
      config: { ...read, stream: true },
      schema: {
        summary: 'CPU, memory and traffic of the containers, live',
        params: ById,
        querystring: closed(OrganizationQuery),
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      const { scope, who } = request
      await using opened = await engine(() => live.open(scope, request.params.id))
      const { deployment, driver } = opened
      const stream = streams.open(request, reply)
      try {
        for await (const sample of driver.stats(deployment.project, stream.closed)) {
          if (!(await authority.still(who, scope.organization, read.permission))) break
          stream.send({ event: 'sample', data: sample })
        }
        if (!stream.closed.aborted) stream.send({ event: 'end', data: {} })
      } catch (error) {
        if (!stream.closed.aborted) stream.send({ event: 'failed', data: failure(error) })
      }
      stream.end()
    },
  )

  app.post(
    '/engine/deployments/:id/terminal',
    {
      config: { permission: 'deployment:exec', scope: 'organization', engine: true, audit: 'deployment.exec' },
      schema: {
        summary: 'A one-use ticket for a shell in a container, to open the WebSocket with',
        params: ById,
        body: closed({
          service: Type.String({ minLength: 1, maxLength: 100 }),
          instance: Type.Integer({ minimum: 1, maximum: 10_000, default: 1 }),
          command: Type.Array(Type.String({ maxLength: 4096 }), { minItems: 1, maxItems: 100, default: ['sh'] }),
        }),
        response: {
          201: closed({ path: Type.String({ description: 'Of the WebSocket; valid for 30 seconds, once' }) }),
        },
      },
    },
    async (request, reply) => {
      const { id: deployment } = await deployments.get(request.scope, request.params.id)
      const ticket = await terminals.ticket(request.scope, { deployment, ...request.body })
      return reply.code(201).send({ path: `${TERMINAL_PATH}?ticket=${ticket}` })
    },
  )

  app.post(
    '/engine/targets/:id/check',
    {
      config: { permission: 'target:read', scope: 'organization', engine: true, audit: false },
      schema: { summary: 'Look at a target now', params: ById, response: { 200: TargetStatus } },
    },
    async (request) => {
      const { id } = await targets.get(request.scope, request.params.id)
      return targetWatch.look(request.scope.organization, id)
    },
  )
}

/** An engine's refusal in the words of the API: what the person did, or what the target is. */
async function engine<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof EngineError) || error.class === 'bug') throw error
    const kind = error.class === 'user' || error.class === 'policy' ? 'conflict' : 'unavailable'
    throw new DomainError(kind, error.code, error.message, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    })
  }
}

function failure(error: unknown) {
  if (!(error instanceof EngineError) || error.class === 'bug')
    return { code: 'internal', message: 'the stream broke off' }
  return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }
}
