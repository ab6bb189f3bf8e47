import Type, { type Static } from 'typebox'
import { FileReference } from './file-object.ts'
import { Bytes, part, StringMap, Strings, Variables } from './part.ts'
import { Ulimits } from './resources.ts'

export const Build = part({
  context: Type.Optional(Type.String()),
  dockerfile: Type.Optional(Type.String()),
  dockerfile_inline: Type.Optional(Type.String()),
  entitlements: Type.Optional(Strings),
  args: Type.Optional(Variables),
  provenance: Type.Optional(Type.String()),
  sbom: Type.Optional(Type.String()),
  /** `id` or `id=path`. Docker Compose cannot print the second as JSON; this form can be read back by both. */
  ssh: Type.Optional(Strings),
  labels: Type.Optional(StringMap),
  cache_from: Type.Optional(Strings),
  cache_to: Type.Optional(Strings),
  no_cache: Type.Optional(Type.Boolean()),
  no_cache_filter: Type.Optional(Strings),
  additional_contexts: Type.Optional(StringMap),
  pull: Type.Optional(Type.Boolean()),
  /** `host=address`, sorted. */
  extra_hosts: Type.Optional(Strings),
  isolation: Type.Optional(Type.String()),
  network: Type.Optional(Type.String()),
  target: Type.Optional(Type.String()),
  secrets: Type.Optional(Type.Array(FileReference)),
  shm_size: Type.Optional(Bytes),
  tags: Type.Optional(Strings),
  ulimits: Type.Optional(Ulimits),
  platforms: Type.Optional(Strings),
  privileged: Type.Optional(Type.Boolean()),
})
export type Build = Static<typeof Build>
