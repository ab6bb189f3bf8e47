import { compilePatterns, type PatternNode } from '../tree/pattern.ts'
import { type Cast, toBoolean, toFloat, toFloat32, toInteger } from './cast.ts'

/**
 * What becomes of a scalar at a place: a text is cast; the number of a mapping, or of a list, becomes the text that Go
 * prints for it; a number must be whole; a number of bytes counts only when it is whole.
 */
export type ScalarRule = { readonly cast: Cast; readonly wanted: string } | 'text' | 'text-in-list' | 'whole' | 'bytes'

const boolean: ScalarRule = { cast: toBoolean, wanted: 'true or false' }
const integer: ScalarRule = { cast: toInteger, wanted: 'a whole number' }
const float: ScalarRule = { cast: toFloat, wanted: 'a number' }
const float32: ScalarRule = { cast: toFloat32, wanted: 'a number' }

const CONTAINERS = ['services.*', 'jobs.*', 'services.*.pre_start.*']
const WORKLOADS = ['services.*', 'jobs.*']

const CONTAINER_RULES: Readonly<Record<string, ScalarRule>> = {
  cpu_count: integer,
  cpu_percent: float,
  cpu_period: integer,
  cpu_quota: integer,
  cpu_rt_period: integer,
  cpu_rt_runtime: integer,
  cpus: float32,
  cpu_shares: integer,
  init: boolean,
  oom_kill_disable: boolean,
  oom_score_adj: integer,
  pids_limit: integer,
  privileged: boolean,
  read_only: boolean,
  'ulimits.*': integer,
  'ulimits.*.hard': integer,
  'ulimits.*.soft': integer,
  mem_limit: 'bytes',
  mem_reservation: 'bytes',
  mem_swappiness: 'bytes',
  memswap_limit: 'bytes',
  shm_size: 'bytes',
  'volumes.*.tmpfs.size': 'bytes',
  'volumes.*.read_only': boolean,
  'volumes.*.volume.nocopy': boolean,
  'volumes.*.volume.labels.*': 'text',
  'environment.*': 'text',
  'labels.*': 'text',
  'annotations.*': 'text',
  'sysctls.*': 'text',
  'logging.options.*': 'text',
  'extra_hosts.*': 'text',
  'networks.*.driver_opts.*': 'text',
}

const WORKLOAD_RULES: Readonly<Record<string, ScalarRule>> = {
  'depends_on.*.required': boolean,
  'depends_on.*.restart': boolean,
  'healthcheck.retries': integer,
  'healthcheck.disable': boolean,
  'ports.*': 'whole',
  'ports.*.target': integer,
  stdin_open: boolean,
  tty: boolean,
  'build.args.*': 'text',
  'build.labels.*': 'text',
  'build.additional_contexts.*': 'text',
  'build.extra_hosts.*': 'text',
  'expose.*': 'whole',
  'build.shm_size': 'bytes',
}

const SERVICE_RULES: Readonly<Record<string, ScalarRule>> = {
  'deploy.replicas': integer,
  'deploy.update_config.parallelism': integer,
  'deploy.update_config.max_failure_ratio': float,
  'deploy.rollback_config.parallelism': integer,
  'deploy.rollback_config.max_failure_ratio': float,
  'deploy.restart_policy.max_attempts': integer,
  'deploy.placement.max_replicas_per_node': integer,
  'deploy.labels.*': 'text',
  scale: integer,
  'provider.options.*': 'text',
  'provider.options.*.*': 'text-in-list',
  'post_start.*.environment.*': 'text',
  'pre_stop.*.environment.*': 'text',
}

const TOP_RULES: readonly (readonly [string, ScalarRule])[] = [
  ['networks.*.external', boolean],
  ['networks.*.internal', boolean],
  ['networks.*.attachable', boolean],
  ['networks.*.enable_ipv4', boolean],
  ['networks.*.enable_ipv6', boolean],
  ['volumes.*.external', boolean],
  ['secrets.*.external', boolean],
  ['configs.*.external', boolean],
  ['networks.*.ipam.options.*', 'text'],
  ['networks.*.ipam.config.*.aux_addresses.*', 'text'],
  ...['networks', 'volumes', 'secrets', 'configs'].flatMap((section): [string, ScalarRule][] => [
    [`${section}.*.driver_opts.*`, 'text'],
    [`${section}.*.labels.*`, 'text'],
  ]),
]

let places: PatternNode<ScalarRule> | undefined

/** The rules, compiled when first needed. */
export function scalarPlaces(): PatternNode<ScalarRule> {
  places ??= compilePatterns([
    ...TOP_RULES,
    ...under(CONTAINERS, CONTAINER_RULES),
    ...under(WORKLOADS, WORKLOAD_RULES),
    ...under(['services.*'], SERVICE_RULES),
  ])
  return places
}

function under(parents: readonly string[], rules: Readonly<Record<string, ScalarRule>>): [string, ScalarRule][] {
  return parents.flatMap((parent) =>
    Object.entries(rules).map(([key, rule]): [string, ScalarRule] => [`${parent}.${key}`, rule]),
  )
}
