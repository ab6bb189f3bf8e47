import type { Attribute } from './field.ts'

/** Attributes of services that do not end in the creation body: what else carries them out, or why nothing does. */
const SERVICE: Readonly<Record<string, readonly [status: Attribute['status'], where: string]>> = {
  // Carried out around the container.
  use_api_socket: ['applied', 'Mounts[].Source, Config.Env, a file with the credentials of the user'],
  attach: ['applied', '`up --attach` follows the logs of the service, or not'],
  container_name: ['applied', 'Name'],
  depends_on: ['applied', 'order of the plan; label com.docker.compose.depends_on'],
  'depends_on.*.condition': ['applied', 'a gate in the plan; label com.docker.compose.depends_on'],
  'depends_on.*.required': ['applied', 'a failed gate of an optional dependency is a message'],
  'depends_on.*.restart': ['applied', 'dependents are restarted; label com.docker.compose.depends_on'],
  platform: ['applied', 'query parameter of the creation; Architecture of the image'],
  pull_policy: ['applied', 'pull steps of the plan'],
  pull_refresh_after: ['applied', 'pull steps of the plan'],
  scale: ['applied', 'number of containers; label com.docker.compose.container-number'],
  'deploy.replicas': ['applied', 'number of containers; label com.docker.compose.container-number'],
  'deploy.update_config.order': ['applied', 'whether the old container is stopped first or last'],
  'deploy.resources': ['applied', 'HostConfig'],
  'deploy.resources.limits': ['applied', 'HostConfig'],
  'deploy.resources.reservations': ['applied', 'HostConfig'],
  deploy: ['applied', 'HostConfig'],
  profiles: ['applied', 'the services of the model'],
  extends: ['applied', 'resolved in the model'],
  'extends.service': ['applied', 'resolved in the model'],
  'extends.file': ['applied', 'resolved in the model'],
  env_file: ['applied', 'Config.Env'],
  'env_file[].path': ['applied', 'Config.Env'],
  'env_file[].format': ['applied', 'Config.Env'],
  'env_file[].required': ['applied', 'Config.Env'],
  label_file: ['applied', 'Config.Labels'],
  external_links: ['applied', 'NetworkSettings.Networks.*.Links'],
  configs: ['applied', 'Mounts, or a file in the container'],
  'configs[].source': ['applied', 'Mounts[].Source, or a file in the container'],
  'configs[].target': ['applied', 'Mounts[].Destination, or a file in the container'],
  'configs[].uid': ['applied', 'owner of the copied file; a bind mounted file keeps its own, as in docker compose'],
  'configs[].gid': ['applied', 'group of the copied file; a bind mounted file keeps its own, as in docker compose'],
  'configs[].mode': ['applied', 'mode of the copied file; a bind mounted file keeps its own, as in docker compose'],
  secrets: ['applied', 'Mounts, or a file in the container'],
  'secrets[].source': ['applied', 'Mounts[].Source, or a file in the container'],
  'secrets[].target': ['applied', 'Mounts[].Destination, or a file in the container'],
  'secrets[].uid': ['applied', 'owner of the copied file; a bind mounted file keeps its own, as in docker compose'],
  'secrets[].gid': ['applied', 'group of the copied file; a bind mounted file keeps its own, as in docker compose'],
  'secrets[].mode': ['applied', 'mode of the copied file; a bind mounted file keeps its own, as in docker compose'],
  ...hook('post_start', 'run in the container after it has started'),
  ...hook('pre_stop', 'run in the container before it is stopped'),
  pre_start: ['applied', 'containers that run to their end before the service starts'],
  'pre_start[].per_replica': ['refused', 'docker compose refuses it too; a hook runs once per service'],
  build: ['applied', 'the image'],
  ...build(['context', 'dockerfile', 'dockerfile_inline', 'args', 'labels', 'cache_from', 'target', 'network']),
  ...build(['no_cache', 'no_cache_filter', 'pull', 'extra_hosts', 'shm_size', 'ulimits', 'tags', 'isolation']),
  ...build(['ulimits.*.soft', 'ulimits.*.hard', 'platforms']),
  ...build(['ssh', 'secrets', 'secrets[].source', 'secrets[].target', 'cache_to', 'additional_contexts'], 'BuildKit'),
  ...build(['secrets[].uid', 'secrets[].gid', 'secrets[].mode'], 'BuildKit'),
  ...build(['provenance', 'sbom', 'entitlements', 'privileged'], 'BuildKit'),

  // As docker compose.
  develop: ['ignored', 'only `docker compose watch` reads it'],
  'develop.watch': ['ignored', 'only `docker compose watch` reads it'],
  ...watch(['ignore', 'include', 'path', 'action', 'target', 'initial_sync', 'exec']),
  ...watch(['exec.command', 'exec.user', 'exec.privileged', 'exec.working_dir', 'exec.environment']),
  'deploy.mode': ['ignored', 'Swarm; the words for jobs make the gate wait for the end of the container'],
  'deploy.endpoint_mode': ['ignored', 'Swarm'],
  'deploy.labels': ['ignored', 'labels of a Swarm service, not of its containers'],
  'deploy.restart_policy.delay': ['ignored', 'Swarm; the engine has its own back-off'],
  'deploy.restart_policy.window': ['ignored', 'Swarm'],
  'deploy.resources.reservations.cpus': ['ignored', 'Swarm'],
  'deploy.resources.reservations.generic_resources': ['ignored', 'Swarm'],
  'deploy.resources.reservations.generic_resources[].discrete_resource_spec': ['ignored', 'Swarm'],
  'deploy.resources.reservations.generic_resources[].discrete_resource_spec.kind': ['ignored', 'Swarm'],
  'deploy.resources.reservations.generic_resources[].discrete_resource_spec.value': ['ignored', 'Swarm'],
  'deploy.placement': ['ignored', 'Swarm'],
  'deploy.placement.constraints': ['ignored', 'Swarm'],
  'deploy.placement.preferences': ['ignored', 'Swarm'],
  'deploy.placement.preferences[].spread': ['ignored', 'Swarm'],
  'deploy.placement.max_replicas_per_node': ['ignored', 'Swarm'],
  'deploy.update_config': ['ignored', 'Swarm, but for its order'],
  'deploy.rollback_config': ['ignored', 'Swarm'],
  ...rolling(['parallelism', 'delay', 'failure_action', 'monitor', 'max_failure_ratio'], 'update_config'),
  ...rolling(['parallelism', 'delay', 'failure_action', 'monitor', 'max_failure_ratio', 'order'], 'rollback_config'),
  credential_spec: ['ignored', 'Windows containers of a Swarm'],
  'credential_spec.config': ['ignored', 'Windows containers of a Swarm'],
  'credential_spec.file': ['ignored', 'Windows containers of a Swarm'],
  'credential_spec.registry': ['ignored', 'Windows containers of a Swarm'],
  'ports[].name': ['ignored', 'a name for people'],
  'ports[].app_protocol': ['ignored', 'a hint for people and proxies'],
  'ports[].mode': ['ignored', 'Swarm: an engine publishes on its own host only'],

  // Not here.
  provider: ['refused', 'a provider is a program beside docker compose that makes what is not a container'],
  'provider.type': ['refused', 'a provider is a program beside docker compose that makes what is not a container'],
  'provider.options': ['refused', 'a provider is a program beside docker compose that makes what is not a container'],
  models: ['refused', 'needs the Docker Model Runner, a plugin of the Docker CLI'],
  'models.*.endpoint_var': ['refused', 'needs the Docker Model Runner, a plugin of the Docker CLI'],
  'models.*.model_var': ['refused', 'needs the Docker Model Runner, a plugin of the Docker CLI'],
}

/** Top-level elements. */
const PROJECT: Readonly<Record<string, readonly [status: Attribute['status'], where: string]>> = {
  version: ['ignored', 'obsolete'],
  name: ['applied', 'label com.docker.compose.project'],
  include: ['applied', 'resolved in the model'],
  'include[].path': ['applied', 'resolved in the model'],
  'include[].env_file': ['applied', 'resolved in the model'],
  'include[].project_directory': ['applied', 'resolved in the model'],
  services: ['applied', 'containers'],
  networks: ['applied', 'networks'],
  'networks.*.name': ['applied', 'Name'],
  'networks.*.driver': ['applied', 'Driver'],
  'networks.*.driver_opts': ['applied', 'Options'],
  'networks.*.ipam': ['applied', 'IPAM'],
  'networks.*.ipam.driver': ['applied', 'IPAM.Driver'],
  'networks.*.ipam.config': ['applied', 'IPAM.Config'],
  'networks.*.ipam.config[].subnet': ['applied', 'IPAM.Config[].Subnet'],
  'networks.*.ipam.config[].ip_range': ['applied', 'IPAM.Config[].IPRange'],
  'networks.*.ipam.config[].gateway': ['applied', 'IPAM.Config[].Gateway'],
  'networks.*.ipam.config[].aux_addresses': ['applied', 'IPAM.Config[].AuxiliaryAddresses'],
  'networks.*.ipam.options': ['applied', 'IPAM.Options'],
  'networks.*.external': ['applied', 'used as it is, never changed or removed'],
  'networks.*.external.name': ['applied', 'Name'],
  'networks.*.internal': ['applied', 'Internal'],
  'networks.*.enable_ipv4': ['applied', 'EnableIPv4 (API 1.47)'],
  'networks.*.enable_ipv6': ['applied', 'EnableIPv6'],
  'networks.*.attachable': ['applied', 'Attachable'],
  'networks.*.labels': ['applied', 'Labels'],
  volumes: ['applied', 'volumes'],
  'volumes.*.name': ['applied', 'Name'],
  'volumes.*.driver': ['applied', 'Driver'],
  'volumes.*.driver_opts': ['applied', 'Options'],
  'volumes.*.external': ['applied', 'used as it is, never changed or removed'],
  'volumes.*.external.name': ['applied', 'Name'],
  'volumes.*.labels': ['applied', 'Labels'],
  ...fileObjects('configs'),
  'configs.*.content': ['applied', 'a file copied into the container'],
  ...fileObjects('secrets'),
  'secrets.*.driver': ['refused', 'Swarm, as in docker compose'],
  'secrets.*.driver_opts': ['ignored', 'Swarm'],
  models: ['refused', 'needs the Docker Model Runner, a plugin of the Docker CLI'],
  'models.*.name': ['refused', 'needs the Docker Model Runner, a plugin of the Docker CLI'],
  'models.*.model': ['refused', 'needs the Docker Model Runner, a plugin of the Docker CLI'],
  'models.*.context_size': ['refused', 'needs the Docker Model Runner, a plugin of the Docker CLI'],
  'models.*.runtime_flags': ['refused', 'needs the Docker Model Runner, a plugin of the Docker CLI'],
}

type Lines = Record<string, readonly [Attribute['status'], string]>

function hook(name: string, where: string): Lines {
  const parts = ['command', 'user', 'privileged', 'working_dir', 'environment']
  const nested = parts.map((part) => [`${name}[].${part}`, ['applied', 'the exec of the hook']] as const)
  return { [name]: ['applied', where], ...Object.fromEntries(nested) }
}

function build(parts: readonly string[], builder?: string): Lines {
  const where = builder ? `the image; needs ${builder}` : 'the image'
  return Object.fromEntries(parts.map((part) => [`build.${part}`, ['applied', where] as const]))
}

function watch(parts: readonly string[]): Lines {
  const why = 'only `docker compose watch` reads it'
  return Object.fromEntries(parts.map((part) => [`develop.watch[].${part}`, ['ignored', why] as const]))
}

function rolling(parts: readonly string[], config: string): Lines {
  return Object.fromEntries(parts.map((part) => [`deploy.${config}.${part}`, ['ignored', 'Swarm'] as const]))
}

function fileObjects(kind: 'configs' | 'secrets'): Lines {
  return {
    [kind]: ['applied', 'files in the containers'],
    [`${kind}.*.name`]: ['ignored', 'the name of a Swarm object'],
    [`${kind}.*.file`]: [
      'applied',
      'Mounts[].Source; copied into the container where the engine is on another machine',
    ],
    [`${kind}.*.environment`]: ['applied', 'a file copied into the container'],
    [`${kind}.*.external`]: ['refused', 'an engine keeps none; docker compose refuses it too'],
    [`${kind}.*.external.name`]: ['refused', 'an engine keeps none; docker compose refuses it too'],
    [`${kind}.*.labels`]: ['ignored', 'labels of a Swarm object'],
    [`${kind}.*.template_driver`]: ['refused', 'Swarm; docker compose refuses it too'],
  }
}

export const unmappedAttributes: readonly Attribute[] = [
  ...Object.entries(SERVICE).map(([name, line]) => attribute(`services.*.${name}`, line)),
  ...Object.entries(PROJECT).map(([path, line]) => attribute(path, line)),
]

function attribute(path: string, [status, where]: readonly [Attribute['status'], string]): Attribute {
  return { path, status, where }
}
