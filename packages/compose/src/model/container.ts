import Type, { type Static } from 'typebox'
import { ServiceAiModel } from './ai-model.ts'
import { FileReference } from './file-object.ts'
import { NetworkAttachment } from './network.ts'
import { Bytes, Command, Duration, part, StringMap, Strings, Variables } from './part.ts'
import { BlockIo, Device, DeviceRequest, Ulimits } from './resources.ts'
import { Mount } from './volume.ts'

/** Still named after `config --no-env-resolution`; elsewhere its variables have moved into `environment`. */
export const EnvFile = Type.Object(
  {
    path: Type.Optional(Type.String()),
    /** Only ever `false`. */
    required: Type.Optional(Type.Boolean()),
    format: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)
export type EnvFile = Static<typeof EnvFile>

export const Logging = part({ driver: Type.Optional(Type.String()), options: Type.Optional(StringMap) })
export type Logging = Static<typeof Logging>

export const CredentialSpec = part({
  config: Type.Optional(Type.String()),
  file: Type.Optional(Type.String()),
  registry: Type.Optional(Type.String()),
})
export type CredentialSpec = Static<typeof CredentialSpec>

/** What services, jobs and the containers of `pre_start` have in common. */
export const containerProperties = {
  annotations: Type.Optional(StringMap),
  blkio_config: Type.Optional(BlockIo),
  cap_add: Type.Optional(Strings),
  cap_drop: Type.Optional(Strings),
  cgroup_parent: Type.Optional(Type.String()),
  cgroup: Type.Optional(Type.String()),
  cpu_count: Type.Optional(Type.Integer()),
  cpu_percent: Type.Optional(Type.Number()),
  cpu_period: Type.Optional(Type.Integer()),
  cpu_quota: Type.Optional(Type.Integer()),
  cpu_rt_period: Type.Optional(Type.Integer()),
  cpu_rt_runtime: Type.Optional(Type.Integer()),
  cpus: Type.Optional(Type.Number()),
  cpuset: Type.Optional(Type.String()),
  cpu_shares: Type.Optional(Type.Integer()),
  command: Command,
  configs: Type.Optional(Type.Array(FileReference)),
  credential_spec: Type.Optional(CredentialSpec),
  device_cgroup_rules: Type.Optional(Strings),
  devices: Type.Optional(Type.Array(Device)),
  dns: Type.Optional(Strings),
  dns_opt: Type.Optional(Strings),
  dns_search: Type.Optional(Strings),
  domainname: Type.Optional(Type.String()),
  entrypoint: Command,
  environment: Type.Optional(Variables),
  env_file: Type.Optional(Type.Array(EnvFile)),
  /** `host=address`, sorted. */
  extra_hosts: Type.Optional(Strings),
  group_add: Type.Optional(Strings),
  gpus: Type.Optional(Type.Array(DeviceRequest)),
  hostname: Type.Optional(Type.String()),
  image: Type.Optional(Type.String()),
  init: Type.Optional(Type.Boolean()),
  ipc: Type.Optional(Type.String()),
  isolation: Type.Optional(Type.String()),
  labels: Type.Optional(StringMap),
  label_file: Type.Optional(Strings),
  logging: Type.Optional(Logging),
  log_driver: Type.Optional(Type.String()),
  log_opt: Type.Optional(StringMap),
  mem_limit: Type.Optional(Bytes),
  mem_reservation: Type.Optional(Bytes),
  memswap_limit: Type.Optional(Bytes),
  mem_swappiness: Type.Optional(Bytes),
  mac_address: Type.Optional(Type.String()),
  models: Type.Optional(Type.Record(Type.String(), Type.Union([ServiceAiModel, Type.Null()]))),
  network_mode: Type.Optional(Type.String()),
  networks: Type.Optional(Type.Record(Type.String(), Type.Union([NetworkAttachment, Type.Null()]))),
  oom_kill_disable: Type.Optional(Type.Boolean()),
  oom_score_adj: Type.Optional(Type.Integer()),
  pid: Type.Optional(Type.String()),
  pids_limit: Type.Optional(Type.Integer()),
  platform: Type.Optional(Type.String()),
  privileged: Type.Optional(Type.Boolean()),
  pull_policy: Type.Optional(Type.String()),
  pull_refresh_after: Type.Optional(Type.String()),
  read_only: Type.Optional(Type.Boolean()),
  runtime: Type.Optional(Type.String()),
  secrets: Type.Optional(Type.Array(FileReference)),
  security_opt: Type.Optional(Strings),
  shm_size: Type.Optional(Bytes),
  stop_grace_period: Type.Optional(Duration),
  stop_signal: Type.Optional(Type.String()),
  storage_opt: Type.Optional(StringMap),
  sysctls: Type.Optional(StringMap),
  tmpfs: Type.Optional(Strings),
  ulimits: Type.Optional(Ulimits),
  use_api_socket: Type.Optional(Type.Boolean()),
  user: Type.Optional(Type.String()),
  userns_mode: Type.Optional(Type.String()),
  uts: Type.Optional(Type.String()),
  volume_driver: Type.Optional(Type.String()),
  volumes: Type.Optional(Type.Array(Mount)),
  volumes_from: Type.Optional(Strings),
  working_dir: Type.Optional(Type.String()),
}
