import type { Network, Service, Volume } from '../model/index.ts'
import { byCodePoint, fields, joinFields, structure } from './go-json.ts'
import * as layout from './layout.ts'
import { sha256 } from './sha256.ts'

/**
 * The order of a service's keys in the hashed text. Docker Compose froze it at that of an older release, so that
 * containers made then are still up to date (pkg/compose/hash.go of Docker Compose 5.6).
 */
const FROZEN_ORDER = (
  'profiles annotations attach build develop blkio_config cap_add cap_drop cgroup_parent cgroup cpu_count cpu_percent ' +
  'cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpus cpuset cpu_shares command configs container_name ' +
  'credential_spec depends_on deploy device_cgroup_rules devices dns dns_opt dns_search dockerfile domainname ' +
  'entrypoint provider environment env_file expose extends external_links extra_hosts group_add gpus hostname ' +
  'healthcheck image init ipc isolation labels label_file links logging log_driver log_opt mem_limit mem_reservation ' +
  'memswap_limit mem_swappiness mac_address models net network_mode networks oom_kill_disable oom_score_adj pid ' +
  'pids_limit platform ports privileged pull_policy read_only restart runtime scale secrets security_opt shm_size ' +
  'stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts ' +
  'volume_driver volumes volumes_from working_dir pre_start post_start pre_stop pull_refresh_after'
).split(' ')

const RANK = new Map(FROZEN_ORDER.map((key, index) => [key, index]))

/** What may change without a new container: how the image comes about, and how many. */
const NEVER_HASHED = new Set(['build', 'pull_policy', 'scale'])

/** And since a release after 2.26: in which order they start, and under which profile. */
const NOT_HASHED = new Set(['depends_on', 'profiles'])

/**
 * The `com.docker.compose.config-hash` of a service's containers, as Docker Compose 5.6 computes it. The service must be
 * as it is when the container is made: see `withResolvedReferences`.
 */
export function serviceHash(service: Service): string {
  return sha256(serviceText(service))
}

/** The text that is hashed, for tests and to find out why two hashes differ. */
export function serviceText(service: Service): string {
  return joinFields(hashedFields(service).filter(([key]) => !NOT_HASHED.has(key)))
}

/**
 * The config-hash that Docker Compose 2.26 gives the same service; the service as for `serviceHash`. The two differ for
 * services with `depends_on`, `profiles`, binds, or a mode on a config or secret, and a container made by that release
 * is up to date all the same. Binds count as written in the short form: the model does not tell.
 */
export function serviceHashOf226(service: Service): string {
  const written = hashedFields(service).map(([key, content]): [string, string] => [key, contentOf226(key, content)])
  return sha256(joinFields(written))
}

function contentOf226(key: string, content: string): string {
  switch (key) {
    case 'volumes':
      return content.replace(/"bind":\{([^{}]*)\}/g, (_, options: string) => `"bind":{${bindOf226(options)}}`)
    case 'configs':
    case 'secrets':
      return content.replace(/"mode":"([0-7]+)"/g, (_, octal: string) => `"mode":${Number.parseInt(octal, 8)}`)
    default:
      return content
  }
}

/** It was left out when false and written when true; now it is the other way round. */
function bindOf226(options: string): string {
  const written = options.split(',').filter((option) => option !== '')
  const without = written.filter((option) => option !== '"create_host_path":false')
  return (without.length < written.length ? without : [...written, '"create_host_path":true']).join(',')
}

/** Every field that some release hashes, in the frozen order. */
function hashedFields(service: Service): [key: string, text: string][] {
  const { replicas: _, ...deploy } = service.deploy ?? {}
  const single = service.deploy === undefined ? service : { ...service, deploy }
  return fields(layout.service, single)
    .filter(([key]) => !NEVER_HASHED.has(key))
    .sort(([a], [b]) => rank(a) - rank(b) || byCodePoint(a, b))
}

const rank = (key: string) => RANK.get(key) ?? FROZEN_ORDER.length

/** The `com.docker.compose.config-hash` of a network. */
export function networkHash(network: Network): string {
  return sha256(structure(layout.network)(network))
}

/** The `com.docker.compose.config-hash` of a volume; a volume without a driver counts as `local`. */
export function volumeHash(volume: Volume): string {
  return sha256(structure(layout.volume)({ ...volume, driver: volume.driver || 'local' }))
}
