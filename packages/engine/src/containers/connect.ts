import { type Build, outgoingSuffix, slotResource, target } from './build.ts'
import { serviceNetworks } from './infrastructure.ts'
import { endpointAliases, networkName } from './names.ts'
import type { ObservedContainer } from './observed.ts'
import type { Slot } from './slots.ts'
import { stepId } from './step-list.ts'
import type { ContainerTarget, EndpointParameters } from './steps.ts'

type Ids = readonly (string | undefined)[]

/** Puts a kept container back on networks it is not on, or not under its service's names. */
export function rejoin(build: Build, slot: Slot, container: ObservedContainer, after: Ids): string[] {
  const remade = build.networks
    .filter((network) => network.action === 'replace' && container.networks[network.name] !== undefined)
    .map((network) => network.key)
  const connected = remade.map((key) =>
    build.steps.add('connect', slotResource(slot), endpoint(build, slot, container.id, key, true), {
      suffix: key,
      after: [networkCreated(key), ...after],
    }),
  )
  // Side by side, the names come after the gate.
  if (slot.order === 'start-first') return connected
  const others = slot.reconnect.filter((key) => !remade.includes(key))
  const published = publishOn(build, slot, container.id, others, after)
  return [...connected, ...published, ...leaveRenamed(build, slot, container, published)]
}

/** Leaves networks that the model now has under another name. */
function leaveRenamed(build: Build, slot: Slot, container: ObservedContainer, after: Ids): string[] {
  return build.networks.flatMap(({ action, current, key }) => {
    if (action !== 'rename' || !current || container.networks[current.name] === undefined) return []
    const parameters = { ...target(container.id, slot), network: current.name, key }
    return [build.steps.add('disconnect', slotResource(slot), parameters, { suffix: `renamed/${key}`, after })]
  })
}

/** Gives the incoming container of a start-first swap the names of its service. */
export function publish(build: Build, slot: Slot, container: string, after: Ids): string[] {
  const keys = slot.incoming?.kind === 'kept' ? slot.reconnect : serviceNetworks(build.model, slot.service)
  return publishOn(build, slot, container, keys, after)
}

/** The outgoing container gives up the service's names once the incoming one has them. */
export function withdraw(build: Build, slot: Slot, container: ObservedContainer, after: Ids): string[] {
  const ids: string[] = []
  for (const key of serviceNetworks(build.model, slot.service)) {
    if (container.networks[networkName(build.model, key)] === undefined) continue
    ids.push(
      build.steps.add('withdraw', slotResource(slot), endpoint(build, slot, container.id, key, false), {
        suffix: [key, outgoingSuffix(slot, container)].filter(Boolean).join('/'),
        after: [...after, ids.at(-1)],
      }),
    )
  }
  return ids
}

/** One network after the other: a container that left all of its networks at once would be cut off. */
function publishOn(build: Build, slot: Slot, container: string, keys: readonly string[], after: Ids): string[] {
  const ids: string[] = []
  for (const key of keys) {
    ids.push(
      build.steps.add('publish', slotResource(slot), endpoint(build, slot, container, key, true), {
        suffix: key,
        after: [networkCreated(key), ...after, ids.at(-1)],
      }),
    )
  }
  return ids
}

function networkCreated(key: string): string {
  return stepId('create-network', { kind: 'network', name: key })
}

function endpoint(
  build: Build,
  slot: Slot,
  container: string,
  key: string,
  published: boolean,
): ContainerTarget & EndpointParameters {
  return {
    ...target(container, slot),
    network: networkName(build.model, key),
    key,
    aliases: endpointAliases(build.model, slot.service, key, slot.finalName, published),
  }
}
