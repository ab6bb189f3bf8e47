import type { ObservedContainer, ObservedNetwork } from './observed.ts'
import { containerResource, evictionId, type Pin, type Restore } from './restore-state.ts'
import { isUp } from './slots.ts'
import { stepId } from './step-list.ts'

/** Networks that went are made again from the previous release; networks that came since, and are ours, go. */
export function planRestoreNetworks(
  restore: Restore,
  pins: readonly Pin[],
  intruders: readonly ObservedContainer[],
): void {
  const { before, now } = restore
  const present = new Set(now.networks.map((network) => network.id))
  const known = new Set(before.networks.map((network) => network.id))
  for (const network of now.networks) {
    if (known.has(network.id) || network.foreign || network.key === undefined) continue
    const twin = before.networks.find((old) => old.name === network.name)
    if (twin && twin.configHash === network.configHash) restore.remade.add(network.name)
    else removeNetwork(restore, network, pins, intruders, twin === undefined)
  }
  for (const network of before.networks) {
    if (present.has(network.id) || restore.remade.has(network.name) || network.foreign) continue
    restore.remade.add(network.name)
    makeAgain(restore, network)
  }
}

function removeNetwork(
  restore: Restore,
  network: ObservedNetwork,
  pins: readonly Pin[],
  intruders: readonly ObservedContainer[],
  optional: boolean,
): void {
  const { steps } = restore
  const key = network.key ?? network.name
  const resource = { kind: 'network', name: key } as const
  const left = pins.flatMap(({ is }) => {
    if (!is || is.networks[network.name]?.networkId !== network.id) return []
    const target = { container: is.id, service: is.service, number: is.number }
    const suffix = is.id.slice(0, 12)
    // A container loses a network of another name while it runs; one that comes back under the same name, it joins anew.
    if (isUp(is) && !optional && !restore.stopped.has(is.id)) {
      const details = { suffix: `passing/${suffix}` }
      restore.stopped.set(is.id, steps.add('stop', containerResource(is), { ...target, preStop: false }, details))
    }
    const after = [restore.stopped.get(is.id)]
    const parameters = { ...target, network: network.name, key }
    return [steps.add('disconnect', containerResource(is), parameters, { suffix: `${key}/${suffix}`, after })]
  })
  steps.add(
    'remove-network',
    resource,
    { key, name: network.name, id: network.id, optional },
    { after: [...left, ...intruders.map(evictionId)] },
  )
  const reason = 'made by the operation that is undone'
  restore.changes.push({ resource, action: 'delete', fields: [], reason, impact: 'none' })
}

function makeAgain(restore: Restore, network: ObservedNetwork): void {
  const key = network.key
  const definition = key === undefined ? undefined : restore.previous?.model.networks?.[key]
  const resource = { kind: 'network', name: key ?? network.name } as const
  if (key === undefined || !definition || definition.external) {
    const reason = 'it is gone, and what it was made from is not known: deploy again to make it'
    restore.changes.push({ resource, action: 'create', fields: [], reason, impact: 'downtime' })
    return
  }
  const removed = stepId('remove-network', { kind: 'network', name: key })
  restore.networks.set(
    network.name,
    restore.steps.add('create-network', resource, { key, name: network.name, from: 'previous' }, { after: [removed] }),
  )
  const reason = 'it is gone: made again as it was'
  restore.changes.push({ resource, action: 'create', fields: [], reason, impact: 'none' })
}
