import Type, { type Static } from 'typebox'
import { part } from './part.ts'

/** One port of the container. `published` is a port or a range of the host, in digits; absent means any free one. */
export const Port = part({
  name: Type.Optional(Type.String()),
  mode: Type.Optional(Type.String()),
  host_ip: Type.Optional(Type.String()),
  target: Type.Optional(Type.Integer()),
  published: Type.Optional(Type.String()),
  protocol: Type.Optional(Type.String()),
  app_protocol: Type.Optional(Type.String()),
})
export type Port = Static<typeof Port>
