import Type, { type Static } from 'typebox'
import { Bytes, part, StringMap } from './part.ts'

/** A mount of a service: `type` is bind, volume, tmpfs, npipe, cluster or image, with the options of that type. */
export const Mount = part({
  type: Type.Optional(Type.String()),
  source: Type.Optional(Type.String()),
  target: Type.Optional(Type.String()),
  read_only: Type.Optional(Type.Boolean()),
  consistency: Type.Optional(Type.String()),
  bind: Type.Optional(
    part({
      selinux: Type.Optional(Type.String()),
      propagation: Type.Optional(Type.String()),
      /** Only ever `false`: absent means that a missing folder is made. */
      create_host_path: Type.Optional(Type.Boolean()),
      recursive: Type.Optional(Type.String()),
    }),
  ),
  volume: Type.Optional(
    part({
      labels: Type.Optional(StringMap),
      nocopy: Type.Optional(Type.Boolean()),
      subpath: Type.Optional(Type.String()),
    }),
  ),
  tmpfs: Type.Optional(part({ size: Type.Optional(Bytes), mode: Type.Optional(Type.Integer()) })),
  image: Type.Optional(part({ subpath: Type.Optional(Type.String()) })),
})
export type Mount = Static<typeof Mount>

/** A top-level volume. `name` is the name on the engine. */
export const Volume = part({
  name: Type.Optional(Type.String()),
  driver: Type.Optional(Type.String()),
  driver_opts: Type.Optional(StringMap),
  external: Type.Optional(Type.Boolean()),
  labels: Type.Optional(StringMap),
})
export type Volume = Static<typeof Volume>
