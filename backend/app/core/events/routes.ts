import { Type } from 'typebox'
import type { Broker } from '../broker/broker.ts'
import type { Database } from '../db/database.ts'
import { resumeAfter, type Streams } from '../http/stream.ts'
import type { App } from '../http/types.ts'
import { closed } from '../http/validation.ts'
import type { IdentityAuthority } from '../identity/authority.ts'
import { eventChannel, follow } from './follow.ts'
import { eventRepository, type StoredEvent } from './repository.ts'

export const OrganizationQuery = {
  organization: Type.Optional(Type.String({ maxLength: 63, description: 'For clients that cannot set a header' })),
}

/** `GET /events`: the facts of one organization as they happen, from any point on. */
export function eventRoutes(
  app: App,
  parts: { database: Database; broker: Broker; streams: Streams; authority: IdentityAuthority },
): void {
  const { database, broker, streams, authority } = parts
  app.get(
    '/events',
    {
      config: { permission: 'event:read', scope: 'organization', stream: true },
      schema: {
        summary: 'Events of the organization, live',
        description: 'Goes on after `Last-Event-ID`, or after `after`; otherwise begins now.',
        querystring: closed({
          after: Type.Optional(Type.Integer({ minimum: 0, maximum: 1e15 })),
          ...OrganizationQuery,
        }),
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      const { scope, who } = request
      const start = resumeAfter(request, request.query.after, await eventRepository.newest(database.query, scope))
      const stream = streams.open(request, reply)
      await follow<StoredEvent>({
        broker,
        channel: eventChannel(scope.organization),
        after: start,
        signal: stream.closed,
        read: (after, limit) => eventRepository.after(database.query, scope, after, limit),
        deliver: async (events) => {
          if (!(await authority.still(who, scope.organization, 'event:read'))) return stream.end()
          for (const { number, time, type, subject, data } of events) {
            stream.send({
              id: String(number),
              event: type,
              data: { number, time: time.toISOString(), type, subject, data },
            })
          }
        },
      })
      stream.end()
    },
  )
}
