import Type, { type Static } from 'typebox'
import { Bytes, part, StringMap, Strings } from './part.ts'

/** The capital letters are Docker Compose's own: these two are printed without renaming. */
export const WeightDevice = part({ Path: Type.String(), Weight: Type.Integer() })
export type WeightDevice = Static<typeof WeightDevice>

export const ThrottleDevice = part({ Path: Type.String(), Rate: Bytes })
export type ThrottleDevice = Static<typeof ThrottleDevice>

const Throttles = Type.Optional(Type.Array(ThrottleDevice))

export const BlockIo = part({
  weight: Type.Optional(Type.Integer()),
  weight_device: Type.Optional(Type.Array(WeightDevice)),
  device_read_bps: Throttles,
  device_read_iops: Throttles,
  device_write_bps: Throttles,
  device_write_iops: Throttles,
})
export type BlockIo = Static<typeof BlockIo>

/** A device of the host inside the container; permissions are cgroup letters ("rwm"). */
export const Device = part({
  source: Type.Optional(Type.String()),
  target: Type.Optional(Type.String()),
  permissions: Type.Optional(Type.String()),
})
export type Device = Static<typeof Device>

/** A request to a device driver, as for GPUs. A count of -1 means all. */
export const DeviceRequest = Type.Object(
  {
    capabilities: Type.Optional(Strings),
    driver: Type.Optional(Type.String()),
    count: Type.Optional(Type.Integer()),
    device_ids: Type.Optional(Strings),
    options: Type.Optional(StringMap),
  },
  { additionalProperties: false },
)
export type DeviceRequest = Static<typeof DeviceRequest>

/** One number for both limits, or soft and hard (a limit of 0 is left out). */
export const Ulimit = Type.Union([
  Type.Integer(),
  part({ soft: Type.Optional(Type.Integer()), hard: Type.Optional(Type.Integer()) }),
])
export type Ulimit = Static<typeof Ulimit>

export const Ulimits = Type.Record(Type.String(), Ulimit)
