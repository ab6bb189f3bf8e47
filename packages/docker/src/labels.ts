import type { Service } from '@windflow/compose'
import type { Desired } from '@windflow/engine'
import type { Labels } from './api/types.ts'

/** The version whose labels and hashes are written, so that it takes our objects for its own. */
export const COMPOSE_VERSION = '5.6.0'

export const LABEL = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneoff: 'com.docker.compose.oneoff',
  configHash: 'com.docker.compose.config-hash',
  image: 'com.docker.compose.image',
  imageVolumes: 'com.docker.compose.image-volume-digest',
  dependsOn: 'com.docker.compose.depends_on',
  replace: 'com.docker.compose.replace',
  hook: 'com.docker.compose.hook',
  hookIndex: 'com.docker.compose.hook-index',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
  version: 'com.docker.compose.version',
  workingDirectory: 'com.docker.compose.project.working_dir',
  configFiles: 'com.docker.compose.project.config_files',
  environmentFiles: 'com.docker.compose.project.environment_file',
  deployment: 'windflow.deployment',
  release: 'windflow.release',
  operation: 'windflow.operation',
} as const

/** What WindFlow adds to every object it makes. */
function windflowLabels(desired: Desired): Labels {
  return {
    [LABEL.deployment]: desired.deployment,
    [LABEL.release]: String(desired.release),
    [LABEL.operation]: desired.operation,
  }
}

export interface ContainerIdentity {
  readonly service: string
  readonly number: number
  readonly configHash: string
  readonly imageId?: string | undefined
  /** `target=id` of each image mount, sorted. */
  readonly imageVolumes: readonly string[]
  readonly replaces?: boolean
}

export function containerLabels(desired: Desired, identity: ContainerIdentity): Labels {
  const service = desired.model.services[identity.service]
  return {
    ...projectLabels(desired, identity.service),
    [LABEL.oneoff]: 'False',
    [LABEL.number]: String(identity.number),
    [LABEL.configHash]: identity.configHash,
    [LABEL.dependsOn]: service ? dependencies(service) : '',
    ...(identity.imageId !== undefined && { [LABEL.image]: identity.imageId }),
    ...(identity.imageVolumes.length > 0 && { [LABEL.imageVolumes]: identity.imageVolumes.join(',') }),
    // Compose writes the service and number here, or the name the author chose; not the name or id replaced.
    ...(identity.replaces && { [LABEL.replace]: service?.container_name ?? `${identity.service}-${identity.number}` }),
    ...windflowLabels(desired),
  }
}

/** Labels of the container that runs a `pre_start` hook: without a hash and number, it is nobody's replica. */
export function hookLabels(desired: Desired, service: string, index: number): Labels {
  return {
    [LABEL.project]: desired.project,
    [LABEL.service]: service,
    [LABEL.version]: COMPOSE_VERSION,
    [LABEL.hook]: 'pre_start',
    [LABEL.hookIndex]: String(index),
    ...windflowLabels(desired),
  }
}

export function networkLabels(desired: Desired, key: string, hash: string): Labels {
  return { ...objectLabels(desired, hash), [LABEL.network]: key }
}

export function volumeLabels(desired: Desired, key: string, hash: string): Labels {
  return { ...objectLabels(desired, hash), [LABEL.volume]: key }
}

function objectLabels(desired: Desired, hash: string): Labels {
  return {
    [LABEL.project]: desired.project,
    [LABEL.version]: COMPOSE_VERSION,
    [LABEL.configHash]: hash,
    ...windflowLabels(desired),
  }
}

function projectLabels(desired: Desired, service: string): Labels {
  const { source } = desired
  return {
    [LABEL.project]: desired.project,
    [LABEL.service]: service,
    [LABEL.version]: COMPOSE_VERSION,
    ...(source && {
      [LABEL.workingDirectory]: source.workingDirectory,
      [LABEL.configFiles]: source.configFiles.join(','),
      ...(source.environmentFiles.length > 0 && { [LABEL.environmentFiles]: source.environmentFiles.join(',') }),
    }),
  }
}

function dependencies(service: Service): string {
  return Object.entries(service.depends_on ?? {})
    .map(([name, { condition, restart }]) => `${name}:${condition}:${restart === true}`)
    .join(',')
}
