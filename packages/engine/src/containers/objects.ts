import type { Change } from '../plan.ts'
import {
  attached,
  type Build,
  outgoingSuffix,
  removeStepId,
  slotResource,
  stopStepId,
  stopsEarly,
  target,
} from './build.ts'
import { objectChange } from './infrastructure.ts'

/** Steps for networks and volumes; what has to stop or go before them is written by `sequence.ts`. */
export function planObjects(build: Build): Change[] {
  const changes: Change[] = []
  for (const network of build.networks) {
    const change = objectChange('network', network)
    if (!change) continue
    changes.push(change)
    const resource = { kind: 'network', name: network.key } as const
    const { current } = network
    const parameters = { key: network.key, name: network.name }
    let removed: string | undefined
    if (network.action === 'replace' && current) {
      const left = attached(build.slots, network.name).map(({ slot, container }) =>
        slot.loses && slot.outgoing.includes(container)
          ? removeStepId(slot, container)
          : build.steps.add(
              'disconnect',
              slotResource(slot),
              { ...target(container.id, slot), network: network.name, key: network.key },
              {
                after: [stopsEarly(build, slot, container) ? stopStepId(slot, container) : undefined],
                suffix: [network.key, outgoingSuffix(slot, container)].filter(Boolean).join('/'),
              },
            ),
      )
      removed = build.steps.add(
        'remove-network',
        resource,
        { ...parameters, id: current.id, optional: false },
        { after: left },
      )
    }
    build.steps.add('create-network', resource, { ...parameters, from: 'desired' }, { after: [removed] })
    if (network.action === 'rename' && current) {
      build.steps.add(
        'remove-network',
        resource,
        { key: network.key, name: current.name, id: current.id, optional: true },
        {
          phase: 'commit',
          after: build.slots.flatMap((slot) => slot.outgoing.map((gone) => removeStepId(slot, gone))),
        },
      )
    }
  }
  for (const volume of build.volumes) {
    const change = objectChange('volume', volume)
    if (!change) continue
    changes.push(change)
    const resource = { kind: 'volume', name: volume.key } as const
    const parameters = { key: volume.key, name: volume.name }
    let removed: string | undefined
    if (volume.action === 'replace') {
      const users = build.slots.flatMap((slot) =>
        slot.outgoing.filter(() => slot.loses).map((container) => removeStepId(slot, container)),
      )
      removed = build.steps.add('remove-volume', resource, parameters, { after: users })
    }
    build.steps.add('create-volume', resource, { ...parameters, from: 'desired' }, { after: [removed] })
  }
  return changes
}
