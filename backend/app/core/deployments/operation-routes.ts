import { Type } from 'typebox'
import type { Broker } from '../broker/broker.ts'
import { follow } from '../events/follow.ts'
import { OrganizationQuery } from '../events/routes.ts'
import { Id, PageQuery, pageOf, toPage } from '../http/page.ts'
import { resumeAfter, type Streams } from '../http/stream.ts'
import type { App } from '../http/types.ts'
import { closed } from '../http/validation.ts'
import type { IdentityAuthority } from '../identity/authority.ts'
import type { LogLine } from './operation-repository.ts'
import { type Operations, operationChannel } from './operations.ts'
import { LogLineView, OperationDetail, OperationView } from './schema.ts'
import { operationView, stepView } from './views.ts'

const ById = closed({ id: Id })
const read = { permission: 'operation:read', scope: 'organization' } as const

export function operationRoutes(
  app: App,
  parts: { operations: Operations; broker: Broker; streams: Streams; authority: IdentityAuthority },
): void {
  const { operations, broker, streams, authority } = parts

  app.get(
    '/operations',
    {
      config: read,
      schema: {
        summary: 'Operations, newest first',
        querystring: closed({ ...PageQuery, deployment: Type.Optional(Id), live: Type.Optional(Type.Boolean()) }),
        response: { 200: pageOf(OperationView) },
      },
    },
    async (request) => {
      const rows = await operations.page(request.scope, request.query, request.query)
      return toPage(
        rows,
        request.query.limit,
        (row) => row.id,
        (row) => operationView(row),
      )
    },
  )

  app.get(
    '/operations/:id',
    {
      config: read,
      schema: { summary: 'An operation with its plan and steps', params: ById, response: { 200: OperationDetail } },
    },
    async (request) => {
      const { operation, steps, queuePosition } = await operations.detail(request.scope, request.params.id)
      return {
        ...operationView(operation, queuePosition),
        steps: steps.map(stepView),
        ...(operation.plan === null ? {} : { plan: operation.plan }),
      }
    },
  )

  app.post(
    '/operations/:id/cancel',
    {
      config: { permission: 'operation:cancel', scope: 'organization', audit: 'operation.cancel' },
      schema: {
        summary: 'End it; what it has changed is put back first',
        params: ById,
        response: { 202: OperationView },
      },
    },
    async (request, reply) =>
      reply.code(202).send(operationView(await operations.cancel(request.scope, request.params.id))),
  )

  app.post(
    '/operations/:id/approve',
    {
      config: { permission: 'deployment:approve', scope: 'organization', audit: 'operation.approve' },
      schema: {
        summary: 'Let the plan that was shown be carried out',
        params: ById,
        body: closed({
          fingerprint: Type.String({ minLength: 1, maxLength: 200, description: 'Of the plan that was shown' }),
        }),
        response: { 202: OperationView },
      },
    },
    async (request, reply) => {
      const operation = await operations.approve(request.scope, request.params.id, request.body.fingerprint)
      return reply.code(202).send(operationView(operation))
    },
  )

  app.get(
    '/operations/:id/log',
    {
      config: read,
      schema: {
        summary: 'Lines of the log after a number',
        params: ById,
        querystring: closed({
          after: Type.Integer({ minimum: 0, maximum: 1e15, default: 0 }),
          limit: Type.Integer({ minimum: 1, maximum: 1000, default: 500 }),
        }),
        response: {
          200: closed({
            items: Type.Array(LogLineView),
            next: Type.Optional(Type.Integer({ description: '`after` of the next page' })),
          }),
        },
      },
    },
    async (request) => {
      const { id } = request.params
      const { after, limit } = request.query
      await operations.get(request.scope, id)
      const lines = await operations.log(request.scope, id, after, limit)
      const last = lines.at(-1)
      return {
        items: lines.map(lineView),
        ...(lines.length === limit && last !== undefined ? { next: last.number } : {}),
      }
    },
  )

  app.get(
    '/operations/:id/log/stream',
    {
      config: { ...read, stream: true },
      schema: {
        summary: 'The log, live, until the operation has ended',
        description: 'Goes on after `Last-Event-ID`. Ends with an event `end` that holds the operation.',
        params: ById,
        querystring: closed({
          after: Type.Optional(Type.Integer({ minimum: 0, maximum: 1e15 })),
          ...OrganizationQuery,
        }),
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      const { scope, who } = request
      const { id } = request.params
      await operations.get(scope, id)
      const start = resumeAfter(request, request.query.after, 0)
      const stream = streams.open(request, reply)
      await follow<LogLine>({
        broker,
        channel: operationChannel(id),
        after: start,
        signal: stream.closed,
        read: (after, limit) => operations.log(scope, id, after, limit),
        finished: () => operations.finished(scope, id),
        deliver: async (lines) => {
          if (!(await authority.still(who, scope.organization, read.permission))) return stream.end()
          for (const line of lines) stream.send({ id: String(line.number), event: 'line', data: lineView(line) })
        },
      })
      if (!stream.closed.aborted) stream.send({ event: 'end', data: operationView(await operations.get(scope, id)) })
      stream.end()
    },
  )
}

function lineView({ number, time, level, step, text }: LogLine) {
  return { number, time: time.toISOString(), level, text, ...(step === null ? {} : { step }) }
}
