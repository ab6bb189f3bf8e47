import Type, { type Static } from 'typebox'
import { Bytes, Duration, part, StringMap, Strings } from './part.ts'
import { DeviceRequest } from './resources.ts'

export const UpdateConfig = part({
  parallelism: Type.Optional(Type.Integer()),
  delay: Type.Optional(Duration),
  failure_action: Type.Optional(Type.String()),
  monitor: Type.Optional(Duration),
  max_failure_ratio: Type.Optional(Type.Number()),
  order: Type.Optional(Type.String()),
})
export type UpdateConfig = Static<typeof UpdateConfig>

export const GenericResource = part({
  discrete_resource_spec: Type.Optional(part({ kind: Type.String(), value: Type.Integer() })),
})
export type GenericResource = Static<typeof GenericResource>

/** Limits or reservations; `cpus` is a number of processors with single precision. */
export const Resource = part({
  cpus: Type.Optional(Type.Number()),
  memory: Type.Optional(Bytes),
  pids: Type.Optional(Type.Integer()),
  devices: Type.Optional(Type.Array(DeviceRequest)),
  generic_resources: Type.Optional(Type.Array(GenericResource)),
})
export type Resource = Static<typeof Resource>

export const RestartPolicy = part({
  condition: Type.Optional(Type.String()),
  delay: Type.Optional(Duration),
  max_attempts: Type.Optional(Type.Integer()),
  window: Type.Optional(Duration),
})
export type RestartPolicy = Static<typeof RestartPolicy>

export const Placement = part({
  constraints: Type.Optional(Strings),
  preferences: Type.Optional(Type.Array(part({ spread: Type.Optional(Type.String()) }))),
  max_replicas_per_node: Type.Optional(Type.Integer()),
})
export type Placement = Static<typeof Placement>

/** `resources` and `placement` are always there, empty when the author wrote neither. */
export const Deploy = part({
  mode: Type.Optional(Type.String()),
  replicas: Type.Optional(Type.Integer()),
  labels: Type.Optional(StringMap),
  update_config: Type.Optional(UpdateConfig),
  rollback_config: Type.Optional(UpdateConfig),
  resources: part({ limits: Type.Optional(Resource), reservations: Type.Optional(Resource) }),
  restart_policy: Type.Optional(RestartPolicy),
  placement: Placement,
  endpoint_mode: Type.Optional(Type.String()),
})
export type Deploy = Static<typeof Deploy>
