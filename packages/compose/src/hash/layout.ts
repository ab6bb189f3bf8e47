/**
 * The structures of compose-go 2.16 (Docker Compose 5.6), as the order of their fields and when each is left out. The
 * types hold them complete: an attribute of the model without a line here does not compile.
 */
import type {
  AddressPool,
  BlockIo,
  Build,
  CredentialSpec,
  Dependency,
  Deploy,
  Develop,
  Device,
  DeviceRequest,
  EnvFile,
  FileObject,
  FileReference,
  GenericResource,
  Healthcheck,
  Hook,
  Ipam,
  Job,
  Logging,
  Mount,
  Network,
  NetworkAttachment,
  Placement,
  Port,
  PreStart,
  Provider,
  Resource,
  RestartPolicy,
  Schedule,
  Service,
  ServiceAiModel,
  ThrottleDevice,
  UpdateConfig,
  Volume,
  WatchRule,
  WeightDevice,
} from '../model/index.ts'
import { always, filled, float, given, type Layout, listOf, mapOf, orNull, plain, structure, text } from './go-json.ts'

const words = filled(listOf(text))
const map = filled(mapOf(text))
const variables = filled(mapOf(orNull(text)))
const string = filled(text)
const flag = filled(plain)
const integer = filled(plain)
const bytes = filled(text, '0')
const duration = filled(text, '0s')
/** Prints null when absent: the difference between "as the image says" and "nothing" is kept. */
const command = always(orNull(listOf(text)))
const list = <T>(layout: Layout<T>) => filled(listOf(structure(layout)))

const weightDevice: Layout<WeightDevice> = { Path: always(text), Weight: always(plain) }
const throttleDevice: Layout<ThrottleDevice> = { Path: always(text), Rate: always(text) }

const blockIo: Layout<BlockIo> = {
  weight: integer,
  weight_device: list(weightDevice),
  device_read_bps: list(throttleDevice),
  device_read_iops: list(throttleDevice),
  device_write_bps: list(throttleDevice),
  device_write_iops: list(throttleDevice),
}

const device: Layout<Device> = { source: string, target: string, permissions: string }

const deviceRequest: Layout<DeviceRequest> = {
  capabilities: words,
  driver: string,
  count: integer,
  device_ids: words,
  options: map,
}

const ulimitPair: Layout<{ soft?: number; hard?: number }> = { soft: integer, hard: integer }
const ulimits = filled(mapOf((value) => (typeof value === 'number' ? plain(value) : structure(ulimitPair)(value))))

const fileReference: Layout<FileReference> = {
  source: string,
  target: string,
  uid: string,
  gid: string,
  mode: given(text),
}

const hook: Layout<Hook> = {
  command,
  user: string,
  privileged: flag,
  working_dir: string,
  environment: variables,
}

const watchRule: Layout<WatchRule> = {
  path: always(text),
  action: always(text),
  target: string,
  exec: always(structure(hook)),
  include: words,
  ignore: words,
  initial_sync: flag,
}

const develop: Layout<Develop> = { watch: list(watchRule) }

const updateConfig: Layout<UpdateConfig> = {
  parallelism: given(plain),
  delay: duration,
  failure_action: string,
  monitor: duration,
  max_failure_ratio: filled(float),
  order: string,
}

const genericResource: Layout<GenericResource> = {
  discrete_resource_spec: given(
    structure<{ kind: string; value: number }>({ kind: always(text), value: always(plain) }),
  ),
}

const resource: Layout<Resource> = {
  cpus: filled(float),
  memory: bytes,
  pids: integer,
  devices: list(deviceRequest),
  generic_resources: list(genericResource),
}

const resources: Layout<Deploy['resources']> = {
  limits: given(structure(resource)),
  reservations: given(structure(resource)),
}

const restartPolicy: Layout<RestartPolicy> = {
  condition: string,
  delay: given(text),
  max_attempts: given(plain),
  window: given(text),
}

const placement: Layout<Placement> = {
  constraints: words,
  preferences: list<{ spread?: string }>({ spread: string }),
  max_replicas_per_node: integer,
}

const deploy: Layout<Deploy> = {
  mode: string,
  replicas: given(plain),
  labels: map,
  update_config: given(structure(updateConfig)),
  rollback_config: given(structure(updateConfig)),
  resources: always(structure(resources)),
  restart_policy: given(structure(restartPolicy)),
  placement: always(structure(placement)),
  endpoint_mode: string,
}

const healthcheck: Layout<Healthcheck> = {
  test: words,
  timeout: given(text),
  interval: given(text),
  retries: given(plain),
  start_period: given(text),
  start_interval: given(text),
  disable: flag,
}

const networkAttachment: Layout<NetworkAttachment> = {
  aliases: words,
  driver_opts: map,
  gw_priority: integer,
  interface_name: string,
  ipv4_address: string,
  ipv6_address: string,
  link_local_ips: words,
  mac_address: string,
  priority: integer,
}

const port: Layout<Port> = {
  name: string,
  mode: string,
  host_ip: string,
  target: integer,
  published: string,
  protocol: string,
  app_protocol: string,
}

const mount: Layout<Mount> = {
  type: string,
  source: string,
  target: string,
  read_only: flag,
  consistency: string,
  bind: given(
    structure<NonNullable<Mount['bind']>>({
      selinux: string,
      propagation: string,
      // Go leaves it out when true, which is the default.
      create_host_path: (value) => (value === false ? 'false' : undefined),
      recursive: string,
    }),
  ),
  volume: given(structure<NonNullable<Mount['volume']>>({ labels: map, nocopy: flag, subpath: string })),
  tmpfs: given(structure<NonNullable<Mount['tmpfs']>>({ size: bytes, mode: integer })),
  image: given(structure<NonNullable<Mount['image']>>({ subpath: string })),
}

const envFile: Layout<EnvFile> = {
  path: string,
  required: (value) => (value === false ? 'false' : undefined),
  format: string,
}

const logging: Layout<Logging> = { driver: string, options: map }
const credentialSpec: Layout<CredentialSpec> = { config: string, file: string, registry: string }
const aiModel: Layout<ServiceAiModel> = { endpoint_var: string, model_var: string }
const dependency: Layout<Dependency> = { condition: string, restart: flag, required: always(plain) }
const provider: Layout<Provider> = { type: string, options: filled(mapOf(listOf(text))) }

const build: Layout<Build> = {
  context: string,
  dockerfile: string,
  dockerfile_inline: string,
  entitlements: words,
  args: variables,
  provenance: string,
  sbom: string,
  ssh: words,
  labels: map,
  cache_from: words,
  cache_to: words,
  no_cache: flag,
  no_cache_filter: words,
  additional_contexts: map,
  pull: flag,
  extra_hosts: words,
  isolation: string,
  network: string,
  target: string,
  secrets: list(fileReference),
  shm_size: bytes,
  tags: words,
  ulimits,
  platforms: words,
  privileged: flag,
}

type Container = Omit<PreStart, 'per_replica' | `x-${string}`>

const container: Layout<Container> = {
  annotations: map,
  blkio_config: given(structure(blockIo)),
  cap_add: words,
  cap_drop: words,
  cgroup_parent: string,
  cgroup: string,
  cpu_count: integer,
  cpu_percent: filled(float),
  cpu_period: integer,
  cpu_quota: integer,
  cpu_rt_period: integer,
  cpu_rt_runtime: integer,
  cpus: filled(float),
  cpuset: string,
  cpu_shares: integer,
  command,
  configs: list(fileReference),
  credential_spec: given(structure(credentialSpec)),
  device_cgroup_rules: words,
  devices: list(device),
  dns: words,
  dns_opt: words,
  dns_search: words,
  domainname: string,
  entrypoint: command,
  environment: variables,
  env_file: list(envFile),
  extra_hosts: words,
  group_add: words,
  gpus: list(deviceRequest),
  hostname: string,
  image: string,
  init: given(plain),
  ipc: string,
  isolation: string,
  labels: map,
  label_file: words,
  logging: given(structure(logging)),
  log_driver: string,
  log_opt: map,
  mem_limit: bytes,
  mem_reservation: bytes,
  memswap_limit: bytes,
  mem_swappiness: bytes,
  mac_address: string,
  models: filled(mapOf(orNull(structure(aiModel)))),
  network_mode: string,
  networks: filled(mapOf(orNull(structure(networkAttachment)))),
  oom_kill_disable: flag,
  oom_score_adj: integer,
  pid: string,
  pids_limit: integer,
  platform: string,
  privileged: flag,
  pull_policy: string,
  pull_refresh_after: string,
  read_only: flag,
  runtime: string,
  secrets: list(fileReference),
  security_opt: words,
  shm_size: bytes,
  stop_grace_period: given(text),
  stop_signal: string,
  storage_opt: map,
  sysctls: map,
  tmpfs: words,
  ulimits,
  use_api_socket: flag,
  user: string,
  userns_mode: string,
  uts: string,
  volume_driver: string,
  volumes: list(mount),
  volumes_from: words,
  working_dir: string,
}

const workload = {
  build: given(structure(build)),
  depends_on: filled(mapOf(structure(dependency))),
  dockerfile: string,
  expose: words,
  healthcheck: given(structure(healthcheck)),
  ports: list(port),
  stdin_open: flag,
  tty: flag,
}

const preStart: Layout<PreStart> = { ...container, per_replica: flag }

export const service: Layout<Service> = {
  profiles: words,
  deploy: given(structure(deploy)),
  develop: given(structure(develop)),
  restart: string,
  scale: given(plain),
  attach: given(plain),
  container_name: string,
  provider: given(structure(provider)),
  external_links: words,
  links: words,
  pre_start: list(preStart),
  post_start: list(hook),
  pre_stop: list(hook),
  ...container,
  ...workload,
}

const schedule: Layout<Schedule> = { cron: string, timezone: string, concurrency: string, missed_fires: string }

export const job: Layout<Job> = {
  profiles: words,
  triggers: given(structure<NonNullable<Job['triggers']>>({ manual: given(plain), schedule: list(schedule) })),
  ...container,
  ...workload,
}

const addressPool: Layout<AddressPool> = { subnet: string, gateway: string, ip_range: string, aux_addresses: map }
const ipam: Layout<Ipam> = { driver: string, config: list(addressPool), options: map }

export const network: Layout<Network> = {
  name: string,
  driver: string,
  driver_opts: map,
  ipam: always(structure(ipam)),
  external: flag,
  internal: flag,
  attachable: flag,
  labels: map,
  enable_ipv4: given(plain),
  enable_ipv6: given(plain),
}

export const volume: Layout<Volume> = {
  name: string,
  driver: string,
  driver_opts: map,
  external: flag,
  labels: map,
}

export const fileObject: Layout<FileObject> = {
  name: string,
  file: string,
  environment: string,
  content: string,
  external: flag,
  labels: map,
  driver: string,
  driver_opts: map,
  template_driver: string,
}
