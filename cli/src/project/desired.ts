import {
  networkHash,
  type Project,
  serviceHash,
  volumeHash,
  withApiSocket,
  withDefaultPlatform,
} from '@windflow/compose'
import type { Desired } from '@windflow/engine'
import { UsageError } from '../command-line/usage-error.ts'
import type { LoadedProject } from './load.ts'

/** The desired state a loaded project stands for, as one release of it. */
export function desiredState(loaded: LoadedProject, release: number, scale: readonly string[] = []): Desired {
  const model = scaled(loaded.model, scale)
  return {
    project: model.name,
    model,
    hashes: hashesOf(model, loaded.variables.DOCKER_DEFAULT_PLATFORM),
    deployment: model.name,
    release,
    operation: operationId(),
    source: {
      workingDirectory: loaded.folder,
      configFiles: loaded.configFiles,
      environmentFiles: loaded.envFiles,
    },
    environment: namedVariables(model, loaded.variables),
  }
}

/** Of a project whose files are not known: enough to look at it and to stop it. */
export function nameOnly(name: string): Desired {
  return {
    project: name,
    model: { name, services: {} },
    hashes: { services: {}, networks: {}, volumes: {} },
    deployment: name,
    release: 0,
    operation: operationId(),
  }
}

export function operationId(): string {
  return `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`
}

export function hashesOf(model: Project, platform: string | undefined): Desired['hashes'] {
  const services: Record<string, string> = {}
  for (const [name, service] of Object.entries(model.services)) {
    services[name] = serviceHash(withApiSocket(withDefaultPlatform(service, platform)))
  }
  const networks: Record<string, string> = {}
  for (const [name, network] of Object.entries(model.networks ?? {})) networks[name] = networkHash(network)
  const volumes: Record<string, string> = {}
  for (const [name, volume] of Object.entries(model.volumes ?? {})) volumes[name] = volumeHash(volume)
  return { services, networks, volumes }
}

/**
 * The model with `--scale web=3` in it.
 * @throws UsageError for a word that is none, or a service there is not
 */
export function scaled(model: Project, scale: readonly string[]): Project {
  if (scale.length === 0) return model
  const services = { ...model.services }
  for (const word of scale) {
    const [, name = '', count = ''] = /^(.+)=(\d{1,4})$/.exec(word) ?? []
    const service = services[name]
    if (count === '') throw new UsageError('cli/usage', `--scale ${word} is not SERVICE=NUM`, 'write --scale web=3')
    if (!service)
      throw new UsageError('select/unknown-service', `--scale: project "${model.name}" has no service "${name}"`)
    const replicas = Number(count)
    services[name] = {
      ...service,
      scale: replicas,
      ...(service.deploy && { deploy: { ...service.deploy, replicas } }),
    }
  }
  return { ...model, services }
}

/** Variables whose values are the content of configs and secrets. */
function namedVariables(model: Project, variables: LoadedProject['variables']): Record<string, string> {
  const named: Record<string, string> = {}
  for (const { environment } of [...Object.values(model.configs ?? {}), ...Object.values(model.secrets ?? {})]) {
    const value = environment === undefined ? undefined : variables[environment]
    if (environment !== undefined && value !== undefined) named[environment] = value
  }
  return named
}
