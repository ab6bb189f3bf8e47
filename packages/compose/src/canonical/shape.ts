import * as a from './attribute.ts'
import { always, capitalised, type Decoder, element, list, named, namedOrNull } from './decoder.ts'

/** The canonical model, attribute by attribute, as Docker Compose 5.6 types it. */

const throttles = list(capitalised(element({ path: a.requiredText, rate: a.requiredBytes })))

const fileReference = element({ source: a.text, target: a.text, uid: a.text, gid: a.text, mode: a.fileMode })

const deviceRequest = element({
  capabilities: a.texts,
  driver: a.text,
  count: a.deviceCount,
  device_ids: a.texts,
  options: a.labels,
})

const hook = element({
  command: a.command,
  user: a.text,
  privileged: a.flag,
  working_dir: a.text,
  environment: a.variables,
})

const ulimits = named(a.ulimit)

const mount = element({
  type: a.text,
  source: a.text,
  target: a.text,
  read_only: a.flag,
  consistency: a.text,
  bind: element({ selinux: a.text, propagation: a.text, create_host_path: a.optOut, recursive: a.text }),
  volume: element({ labels: a.labels, nocopy: a.flag, subpath: a.text }),
  tmpfs: element({ size: a.bytes, mode: a.count }),
  image: element({ subpath: a.text }),
})

const container = {
  annotations: a.labels,
  blkio_config: element({
    weight: a.weight,
    weight_device: list(capitalised(element({ path: a.requiredText, weight: a.requiredWeight }))),
    device_read_bps: throttles,
    device_read_iops: throttles,
    device_write_bps: throttles,
    device_write_iops: throttles,
  }),
  cap_add: a.texts,
  cap_drop: a.texts,
  cgroup_parent: a.text,
  cgroup: a.text,
  cpu_count: a.integer,
  cpu_percent: a.float32,
  cpu_period: a.integer,
  cpu_quota: a.integer,
  cpu_rt_period: a.integer,
  cpu_rt_runtime: a.integer,
  cpus: a.float32,
  cpuset: a.text,
  cpu_shares: a.integer,
  command: a.command,
  configs: list(fileReference),
  credential_spec: element({ config: a.text, file: a.text, registry: a.text }),
  device_cgroup_rules: a.texts,
  devices: list(element({ source: a.text, target: a.text, permissions: a.text })),
  dns: a.textOrTexts,
  dns_opt: a.texts,
  dns_search: a.textOrTexts,
  domainname: a.text,
  entrypoint: a.command,
  environment: a.variables,
  env_file: list(element({ path: a.text, required: a.optOut, format: a.text })),
  extra_hosts: a.hosts,
  group_add: a.texts,
  gpus: list(deviceRequest),
  hostname: a.text,
  image: a.text,
  init: a.choice,
  ipc: a.text,
  isolation: a.text,
  labels: a.labels,
  label_file: a.texts,
  logging: element({ driver: a.text, options: a.options }),
  log_driver: a.text,
  log_opt: a.textMapping,
  mem_limit: a.bytes,
  mem_reservation: a.bytes,
  memswap_limit: a.bytes,
  mem_swappiness: a.bytes,
  mac_address: a.text,
  models: namedOrNull(element({ endpoint_var: a.text, model_var: a.text })),
  network_mode: a.text,
  networks: namedOrNull(
    element({
      aliases: a.texts,
      driver_opts: a.options,
      gw_priority: a.integer,
      interface_name: a.text,
      ipv4_address: a.text,
      ipv6_address: a.text,
      link_local_ips: a.texts,
      mac_address: a.text,
      priority: a.integer,
    }),
  ),
  oom_kill_disable: a.flag,
  oom_score_adj: a.integer,
  pid: a.text,
  pids_limit: a.integer,
  platform: a.text,
  privileged: a.flag,
  pull_policy: a.text,
  pull_refresh_after: a.text,
  read_only: a.flag,
  runtime: a.text,
  secrets: list(fileReference),
  security_opt: a.texts,
  shm_size: a.bytes,
  stop_grace_period: a.givenDuration,
  stop_signal: a.text,
  storage_opt: a.textMapping,
  sysctls: a.labels,
  tmpfs: a.textOrTexts,
  ulimits,
  use_api_socket: a.flag,
  user: a.text,
  userns_mode: a.text,
  uts: a.text,
  volume_driver: a.text,
  volumes: list(mount),
  volumes_from: a.texts,
  working_dir: a.text,
} satisfies Record<string, Decoder>

const build = element({
  context: a.text,
  dockerfile: a.text,
  dockerfile_inline: a.text,
  entitlements: a.texts,
  args: a.variables,
  provenance: a.text,
  sbom: a.text,
  ssh: a.sshKeys,
  labels: a.labels,
  cache_from: a.textOrTexts,
  cache_to: a.textOrTexts,
  no_cache: a.flag,
  no_cache_filter: a.textOrTexts,
  additional_contexts: a.labels,
  pull: a.flag,
  extra_hosts: a.hosts,
  isolation: a.text,
  network: a.text,
  target: a.text,
  secrets: list(fileReference),
  shm_size: a.bytes,
  tags: a.textOrTexts,
  ulimits,
  platforms: a.textOrTexts,
  privileged: a.flag,
})

const workload = {
  build,
  depends_on: named(
    element({
      condition: a.text,
      restart: a.flag,
      required: Object.assign(a.choice.bind(undefined), { absent: false }),
    }),
  ),
  dockerfile: a.text,
  expose: a.textsOrNumbers,
  healthcheck: element({
    test: a.healthTest,
    timeout: a.givenDuration,
    interval: a.givenDuration,
    retries: a.givenCount,
    start_period: a.givenDuration,
    start_interval: a.givenDuration,
    disable: a.flag,
  }),
  ports: list(
    element({
      name: a.text,
      mode: a.text,
      host_ip: a.text,
      target: a.count,
      published: a.text,
      protocol: a.text,
      app_protocol: a.text,
    }),
  ),
  stdin_open: a.flag,
  tty: a.flag,
} satisfies Record<string, Decoder>

const updateConfig = element({
  parallelism: a.givenCount,
  delay: a.duration,
  failure_action: a.text,
  monitor: a.duration,
  max_failure_ratio: a.float32,
  order: a.text,
})

const resource = element({
  cpus: a.float32,
  memory: a.bytes,
  pids: a.integer,
  devices: list(deviceRequest),
  generic_resources: list(
    element({ discrete_resource_spec: element({ kind: a.requiredText, value: a.requiredInteger }) }),
  ),
})

const deploy = element({
  mode: a.text,
  replicas: a.givenInteger,
  labels: a.labels,
  update_config: updateConfig,
  rollback_config: updateConfig,
  resources: always(element({ limits: resource, reservations: resource }), {}),
  restart_policy: element({
    condition: a.text,
    delay: a.givenDuration,
    max_attempts: a.givenCount,
    window: a.givenDuration,
  }),
  placement: always(
    element({ constraints: a.texts, preferences: list(element({ spread: a.text })), max_replicas_per_node: a.count }),
    {},
  ),
  endpoint_mode: a.text,
})

const watchRule = element({
  path: a.requiredText,
  action: a.requiredText,
  target: a.text,
  exec: always(hook, { command: null }),
  include: a.texts,
  ignore: a.texts,
  initial_sync: a.flag,
})

export const service = element({
  ...container,
  ...workload,
  profiles: a.texts,
  deploy,
  develop: element({ watch: list(watchRule) }),
  restart: a.text,
  scale: a.givenInteger,
  attach: a.choice,
  container_name: a.text,
  provider: element({ type: a.text, options: a.multiOptions }),
  external_links: a.texts,
  links: a.texts,
  pre_start: list(element({ ...container, per_replica: a.flag })),
  post_start: list(hook),
  pre_stop: list(hook),
})

export const job = element({
  ...container,
  ...workload,
  profiles: a.texts,
  triggers: element({
    manual: a.choice,
    schedule: list(element({ cron: a.text, timezone: a.text, concurrency: a.text, missed_fires: a.text })),
  }),
})

export const network = element({
  name: a.text,
  driver: a.text,
  driver_opts: a.options,
  ipam: always(
    element({
      driver: a.text,
      config: list(element({ subnet: a.text, gateway: a.text, ip_range: a.text, aux_addresses: a.labels })),
      options: a.options,
    }),
    {},
  ),
  external: a.flag,
  internal: a.flag,
  attachable: a.flag,
  labels: a.labels,
  enable_ipv4: a.choice,
  enable_ipv6: a.choice,
})

export const volume = element({
  name: a.text,
  driver: a.text,
  driver_opts: a.options,
  external: a.flag,
  labels: a.labels,
})

export const fileObject = element({
  name: a.text,
  file: a.text,
  environment: a.text,
  content: a.text,
  external: a.flag,
  labels: a.labels,
  driver: a.text,
  driver_opts: a.textMapping,
  template_driver: a.text,
})

export const aiModel = element({ name: a.text, model: a.text, context_size: a.integer, runtime_flags: a.texts })
