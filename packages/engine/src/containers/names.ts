import type { Project } from '@windflow/compose'

/** `container_name`, or `<project>-<service>-<number>` as Compose 2 and later name containers. */
export function containerName(model: Project, service: string, number: number): string {
  return model.services[service]?.container_name ?? `${model.name}-${service}-${number}`
}

/** `image`, or the `<project>-<service>` Compose tags a service's own build with. */
export function imageReference(model: Project, service: string): string {
  return model.services[service]?.image ?? `${model.name}-${service}`
}

/** How many containers a service should have: `scale`, which Compose keeps equal to `deploy.replicas`, else 1. */
export function replicas(model: Project, service: string): number {
  const definition = model.services[service]
  return definition?.scale ?? definition?.deploy?.replicas ?? 1
}

/**
 * Aliases of a service's container on one network, as Compose gives them: its own name always, the service's name and
 * the declared aliases only when it is published.
 */
export function endpointAliases(
  model: Project,
  service: string,
  network: string,
  name: string,
  published: boolean,
): string[] {
  if (!published) return [name]
  return [...new Set([name, ...serviceAliases(model, service, network)])]
}

/** The names under which clients find the service: without them a container gets no new connection by name. */
export function serviceAliases(model: Project, service: string, network: string): string[] {
  return [service, ...(model.services[service]?.networks?.[network]?.aliases ?? [])]
}

/** Name on the engine of a network of the model. */
export function networkName(model: Project, key: string): string {
  return model.networks?.[key]?.name ?? `${model.name}_${key}`
}

/** Name on the engine of a volume of the model. */
export function volumeName(model: Project, key: string): string {
  return model.volumes?.[key]?.name ?? `${model.name}_${key}`
}

/** Names on the engine of what the model uses and does not own. */
export function externalNames(model: Project): string[] {
  const networks = Object.keys(model.networks ?? {}).filter((key) => model.networks?.[key]?.external)
  const volumes = Object.keys(model.volumes ?? {}).filter((key) => model.volumes?.[key]?.external)
  return [...networks.map((key) => networkName(model, key)), ...volumes.map((key) => volumeName(model, key))]
}

/** Suffix of a container that is not yet, or no longer, the one its service shows. */
export const NEXT = '.next'
export const PREVIOUS = '.previous'

/** `base` followed by the first of `suffix`, `suffix2`, ... that is not taken; takes it. */
export function freeName(base: string, suffix: string, taken: Set<string>): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? `${base}${suffix}` : `${base}${suffix}${n}`
    if (taken.has(name)) continue
    taken.add(name)
    return name
  }
}
