import type { Project } from '@windflow/compose'
import type { PlanOptions } from '../driver.ts'
import { serviceExtension } from '../extension.ts'
import { referencedServices } from './graph.ts'
import { type ObjectDecision, serviceNetworks } from './infrastructure.ts'
import type { ObservedContainer, ObservedNetwork } from './observed.ts'

/** Whether the old and the new container of a slot can run side by side, and may. */
export function swapOrder(
  model: Project,
  name: string,
  kept: ObservedContainer | undefined,
  outgoing: readonly ObservedContainer[],
  options: PlanOptions,
  networks: readonly ObjectDecision<ObservedNetwork>[],
): 'start-first' | 'stop-first' {
  const serving = outgoing.some((container) => container.state === 'running')
  // Side by side is for the sake of clients; without a gate the new one would get requests before it can answer.
  if (!serving || options.gate === false) return 'stop-first'
  const joined = serviceNetworks(model, name)
  if (joined.length === 0 || !allowsTwo(model, name)) return 'stop-first'
  if (networks.some((network) => joined.includes(network.key) && network.action !== 'keep')) return 'stop-first'
  const exclusive = [...outgoing, ...(kept ? [kept] : [])].some((container) =>
    container.mounts.some((mount) => !mount.readOnly && (mount.type === 'volume' || mount.type === 'bind')),
  )
  return exclusive || outgoing.some((container) => container.ports.length > 0) ? 'stop-first' : 'start-first'
}

/** Nothing in the definition that only one container at a time can have. */
function allowsTwo(model: Project, name: string): boolean {
  const service = model.services[name]
  if (!service) return false
  const asked = serviceExtension(name, service).order ?? service.deploy?.update_config?.order
  if (asked === 'stop-first') return false
  if (service.container_name !== undefined || service.mac_address !== undefined) return false
  if ((service.ports ?? []).some((port) => port.published !== undefined || port.mode === 'host')) return false
  const fixed = Object.values(service.networks ?? {}).some(
    (joined) => joined?.ipv4_address ?? joined?.ipv6_address ?? joined?.mac_address ?? joined?.link_local_ips?.length,
  )
  if (fixed) return false
  const writes = (service.volumes ?? []).some(
    (mount) => !mount.read_only && mount.type !== 'tmpfs' && mount.type !== 'image',
  )
  if (writes || (service.volumes_from ?? []).length > 0) return false
  // Others live in its namespaces: they have to be made again with it, one after the other.
  return !Object.values(model.services).some((other) => referencedServices(other).includes(name))
}
