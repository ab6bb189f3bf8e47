import { Type } from 'typebox'
import { Id } from '../http/page.ts'
import type { App } from '../http/types.ts'
import { checkIfMatch, closed, etag } from '../http/validation.ts'
import { Time } from '../identity/schema.ts'
import type { ScheduleRow } from './repository.ts'
import type { Schedules } from './schedules.ts'

const ById = closed({ id: Id })
const Kind = Type.Union([Type.Literal('deploy'), Type.Literal('restart'), Type.Literal('stop'), Type.Literal('start')])
const CronText = Type.String({
  minLength: 9,
  maxLength: 100,
  description: 'Five fields: minute, hour, day, month, weekday',
})
const Timezone = Type.String({ minLength: 1, maxLength: 60, description: 'IANA name' })

const ScheduleView = closed({
  id: Id,
  deployment: Id,
  name: Type.String(),
  kind: Kind,
  cron: Type.String(),
  timezone: Type.String(),
  enabled: Type.Boolean(),
  nextAt: Type.Optional(Time),
  lastAt: Type.Optional(Time),
  lastOperation: Type.Optional(Id),
  lastError: Type.Optional(Type.String()),
})

const operate = { permission: 'deployment:operate', scope: 'organization' } as const

export function scheduleRoutes(app: App, schedules: Schedules): void {
  app.get(
    '/deployments/:id/schedules',
    {
      config: { permission: 'deployment:read', scope: 'organization' },
      schema: {
        summary: 'What is asked for by the clock',
        params: ById,
        response: { 200: closed({ items: Type.Array(ScheduleView) }) },
      },
    },
    async (request) => ({ items: (await schedules.of(request.scope, request.params.id)).map(scheduleView) }),
  )

  app.post(
    '/deployments/:id/schedules',
    {
      config: { ...operate, audit: 'schedule.create' },
      schema: {
        summary: 'Ask for an operation by the clock',
        params: ById,
        body: closed({
          name: Type.String({ minLength: 1, maxLength: 63, pattern: '\\S' }),
          kind: Kind,
          cron: CronText,
          timezone: Type.String({ ...Timezone, default: 'UTC' }),
          enabled: Type.Boolean({ default: true }),
        }),
        response: { 201: ScheduleView },
      },
    },
    async (request, reply) => {
      const made = await schedules.create(request.scope, request.params.id, request.body)
      return reply.code(201).header('etag', etag(made.revision)).send(scheduleView(made))
    },
  )

  app.patch(
    '/schedules/:id',
    {
      config: { ...operate, audit: 'schedule.update' },
      schema: {
        summary: 'Change or switch a schedule',
        params: ById,
        body: closed({
          cron: Type.Optional(CronText),
          timezone: Type.Optional(Timezone),
          enabled: Type.Optional(Type.Boolean()),
        }),
        response: { 200: ScheduleView },
      },
    },
    async (request, reply) => {
      const check = (revision: number): void => checkIfMatch(request.headers['if-match'], revision)
      const schedule = await schedules.update(request.scope, request.params.id, request.body, check)
      return reply.header('etag', etag(schedule.revision)).send(scheduleView(schedule))
    },
  )

  app.delete(
    '/schedules/:id',
    {
      config: { ...operate, audit: 'schedule.delete' },
      schema: { summary: 'Delete a schedule', params: ById, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await schedules.delete(request.scope, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

function scheduleView(row: ScheduleRow) {
  const { id, deployment_id: deployment, name, kind, cron, timezone, enabled } = row
  return {
    id,
    deployment,
    name,
    kind,
    cron,
    timezone,
    enabled,
    ...(row.next_at === null || !enabled ? {} : { nextAt: row.next_at.toISOString() }),
    ...(row.last_at === null ? {} : { lastAt: row.last_at.toISOString() }),
    ...(row.last_operation === null ? {} : { lastOperation: row.last_operation }),
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
  }
}
