import Type, { type Static } from 'typebox'
import { containerProperties } from './container.ts'
import { part, Strings } from './part.ts'
import { workloadProperties } from './service.ts'

export const Schedule = part({
  cron: Type.Optional(Type.String()),
  timezone: Type.Optional(Type.String()),
  concurrency: Type.Optional(Type.String()),
  missed_fires: Type.Optional(Type.String()),
})
export type Schedule = Static<typeof Schedule>

/** A container run on a schedule or by hand: read and printed as Docker Compose 5.6 does, never started by `up`. */
export const Job = part({
  profiles: Type.Optional(Strings),
  triggers: Type.Optional(
    part({ manual: Type.Optional(Type.Boolean()), schedule: Type.Optional(Type.Array(Schedule)) }),
  ),
  ...containerProperties,
  ...workloadProperties,
})
export type Job = Static<typeof Job>
