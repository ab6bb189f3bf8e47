import Type, { type Static } from 'typebox'
import { Hook } from './hook.ts'
import { part, Strings } from './part.ts'

/** `exec` is always there; its command is `null` unless the action is `sync+exec`. */
export const WatchRule = part({
  path: Type.String(),
  action: Type.String(),
  target: Type.Optional(Type.String()),
  exec: Hook,
  include: Type.Optional(Strings),
  ignore: Type.Optional(Strings),
  initial_sync: Type.Optional(Type.Boolean()),
})
export type WatchRule = Static<typeof WatchRule>

export const Develop = part({ watch: Type.Optional(Type.Array(WatchRule)) })
export type Develop = Static<typeof Develop>
