import { type Build, nameHolder, removeStepId, runningName, slotResource, startsContainer } from './build.ts'
import { referencedServices } from './graph.ts'
import { serviceNetworks } from './infrastructure.ts'
import { endpointAliases, freeName, NEXT } from './names.ts'
import type { Slot } from './slots.ts'
import { stepId } from './step-list.ts'

/** Makes the new container of a slot, under its final name where that is free and under another until then. */
export function planCreate(build: Build, slot: Slot): void {
  if (slot.incoming?.kind !== 'new') return
  const { model, steps, options } = build
  const service = model.services[slot.service]
  const holder = nameHolder(build, slot)
  const name = holder && !holder.slot.loses ? freeName(slot.finalName, NEXT, build.names) : slot.finalName
  build.created.set(slot, name)

  const networks = serviceNetworks(model, slot.service)
  const volumes = (service?.volumes ?? []).flatMap((mount) => (mount.source ? [mount.source] : []))
  const references = referenced(build, slot)
  const removed = [
    ...(slot.loses ? slot.outgoing.map((gone) => removeStepId(slot, gone)) : []),
    ...(holder?.slot.loses ? [removeStepId(holder.slot, holder.container)] : []),
  ]
  const replaces = slot.outgoing[0]
  const created = steps.add(
    'create',
    slotResource(slot),
    {
      service: slot.service,
      number: slot.number,
      name,
      finalName: slot.finalName,
      aliases: Object.fromEntries(
        networks.map((key) => [
          key,
          endpointAliases(model, slot.service, key, slot.finalName, slot.order === 'stop-first'),
        ]),
      ),
      ...(replaces && !slot.loses && !options.renewAnonymousVolumes && { inherit: replaces.id }),
      ...(replaces && { replaces: replaces.id }),
      references: references.containers,
      from: 'desired',
    },
    {
      after: [
        ...networks.map((key) => stepId('create-network', { kind: 'network', name: key })),
        ...volumes.map((key) => stepId('create-volume', { kind: 'volume', name: key })),
        ...references.steps,
        ...removed,
      ],
    },
  )
  const late =
    removed.length > 0 ||
    references.steps.length > 0 ||
    build.networks.some((network) => network.action === 'replace' && networks.includes(network.key)) ||
    build.volumes.some((volume) => volume.action === 'replace' && volumes.includes(volume.key))
  if (!late) build.early.push(created)
}

/** The containers the new one is tied to, and the steps after which they run under the names given. */
function referenced(build: Build, slot: Slot): { containers: Record<string, string>; steps: string[] } {
  const service = build.model.services[slot.service]
  const containers: Record<string, string> = {}
  const steps: string[] = []
  for (const other of service ? referencedServices(service) : []) {
    const stands = build.slots.find((candidate) => candidate.service === other && candidate.incoming)
    const present = build.observed.containers.find((container) => container.service === other && !container.oneoff)
    if (stands) {
      containers[other] = runningName(build, stands)
      if (startsContainer(build, stands)) steps.push(stepId('start', slotResource(stands)))
    } else if (present) {
      containers[other] = present.id
    }
  }
  return { containers, steps }
}
