import { compareContainer } from './compare.ts'
import { referencedServices } from './graph.ts'
import { serviceNetworks, usedVolumes } from './infrastructure.ts'
import { endpointAliases, networkName, volumeName } from './names.ts'
import type { ObservedContainer } from './observed.ts'
import { containerResource, dependsOnServices, evictionId, type Restore } from './restore-state.ts'
import { isUp } from './slots.ts'
import { stepId } from './step-list.ts'

/** For a container that is gone: another one in its slot that the previous release would have made just so. */
export function findStandIn(
  restore: Restore,
  was: ObservedContainer,
  known: ReadonlySet<string>,
  used: ReadonlySet<string>,
): ObservedContainer | undefined {
  const { previous, now } = restore
  if (!previous?.model.services[was.service]) return undefined
  const resolve = (service: string): string | undefined =>
    now.containers.find((container) => container.service === service && !container.oneoff)?.id
  return now.containers.find(
    (container) =>
      container.service === was.service &&
      container.number === was.number &&
      !container.oneoff &&
      !known.has(container.id) &&
      !used.has(container.id) &&
      compareContainer(previous, now, container, restore.expectations, resolve).same,
  )
}

/** Makes a container again that is gone; without a previous release to make it from, only says so. */
export function recreate(restore: Restore, was: ObservedContainer, intruders: readonly ObservedContainer[]): void {
  const { previous, steps } = restore
  const resource = containerResource(was)
  const model = previous?.model
  const service = model?.services[was.service]
  // One that did not run is no loss: what it had to say went with it.
  if (!isUp(was)) return
  if (!model || !service) {
    const reason = 'it is gone, and what it was made from is not known: deploy again to make it'
    restore.changes.push({ resource, action: 'create', fields: [], reason, impact: 'downtime' })
    return
  }
  const suffix = was.id.slice(0, 12)
  const networks = serviceNetworks(model, was.service)
  const made = [
    ...networks.flatMap((key) => [restore.networks.get(networkName(model, key)) ?? missingNetwork(restore, key)]),
    ...usedVolumes(model, [was.service]).map((key) => missingVolume(restore, key)),
  ]
  const evicted = intruders.map(evictionId)
  const references = Object.fromEntries(
    referencedServices(service).flatMap((other) => {
      const stands = restore.before.containers.find((container) => container.service === other && !container.oneoff)
      if (!stands) return []
      const present = restore.now.containers.some((container) => container.id === stands.id)
      return [[other, present ? stands.id : stands.name]]
    }),
  )
  const earlier = dependsOnServices(was).flatMap((other) =>
    restore.before.containers
      .filter((container) => container.service === other)
      .map((container) => stepId('start', containerResource(container), container.id.slice(0, 12))),
  )
  const created = steps.add(
    'create',
    resource,
    {
      service: was.service,
      number: was.number,
      name: was.name,
      finalName: was.name,
      aliases: Object.fromEntries(
        networks.map((key) => [key, endpointAliases(model, was.service, key, was.name, true)]),
      ),
      references,
      from: 'previous',
    },
    { suffix, after: [...made, ...evicted, ...earlier] },
  )
  const postStart = (service.post_start ?? []).length > 0
  const parameters = { container: was.name, service: was.service, number: was.number, postStart }
  steps.add('start', resource, parameters, { suffix, after: [created, ...evicted, ...earlier] })
  const reason = 'it is gone: made again as it was'
  restore.changes.push({ resource, action: 'create', fields: [], reason, impact: 'none' })
}

function missingNetwork(restore: Restore, key: string): string | undefined {
  const model = restore.previous?.model
  if (!model) return undefined
  const name = networkName(model, key)
  if (restore.now.networks.some((network) => network.name === name) || model.networks?.[key]?.external) return undefined
  const resource = { kind: 'network', name: key } as const
  const id = stepId('create-network', resource)
  return restore.steps.has(id) ? id : restore.steps.add('create-network', resource, { key, name, from: 'previous' })
}

function missingVolume(restore: Restore, key: string): string | undefined {
  const model = restore.previous?.model
  if (!model) return undefined
  const name = volumeName(model, key)
  if (restore.now.volumes.some((volume) => volume.name === name) || model.volumes?.[key]?.external) return undefined
  const resource = { kind: 'volume', name: key } as const
  const id = stepId('create-volume', resource)
  return restore.steps.has(id) ? id : restore.steps.add('create-volume', resource, { key, name, from: 'previous' })
}
