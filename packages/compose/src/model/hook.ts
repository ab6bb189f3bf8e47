import Type, { type Static } from 'typebox'
import { Command, part, Variables } from './part.ts'

/** A command run inside the service's container after it has started or before it is stopped. */
export const Hook = part({
  command: Command,
  user: Type.Optional(Type.String()),
  privileged: Type.Optional(Type.Boolean()),
  working_dir: Type.Optional(Type.String()),
  environment: Type.Optional(Variables),
})
export type Hook = Static<typeof Hook>
