import Type, { type Static } from 'typebox'
import { part, StringMap } from './part.ts'

/** What a service says of a config or secret it uses; `mode` is octal digits ("0440"). */
export const FileReference = part({
  source: Type.Optional(Type.String()),
  target: Type.Optional(Type.String()),
  uid: Type.Optional(Type.String()),
  gid: Type.Optional(Type.String()),
  mode: Type.Optional(Type.String({ pattern: '^0-?[0-7]+$' })),
})
export type FileReference = Static<typeof FileReference>

/**
 * A top-level config or secret. A secret's `content` is never in the model, a config's only when the author wrote it in
 * the file: a value taken from the environment is read when it is needed.
 */
export const FileObject = part({
  name: Type.Optional(Type.String()),
  file: Type.Optional(Type.String()),
  environment: Type.Optional(Type.String()),
  content: Type.Optional(Type.String()),
  external: Type.Optional(Type.Boolean()),
  labels: Type.Optional(StringMap),
  driver: Type.Optional(Type.String()),
  driver_opts: Type.Optional(StringMap),
  template_driver: Type.Optional(Type.String()),
})
export type FileObject = Static<typeof FileObject>
