import Type, { type Static } from 'typebox'
import { Duration, part, Strings } from './part.ts'

/** `test` begins with NONE, CMD or CMD-SHELL. */
export const Healthcheck = part({
  test: Type.Optional(Strings),
  timeout: Type.Optional(Duration),
  interval: Type.Optional(Duration),
  retries: Type.Optional(Type.Integer()),
  start_period: Type.Optional(Duration),
  start_interval: Type.Optional(Duration),
  disable: Type.Optional(Type.Boolean()),
})
export type Healthcheck = Static<typeof Healthcheck>
