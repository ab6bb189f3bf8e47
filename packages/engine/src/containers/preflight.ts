import { type Build, startsContainer, stopsEarly } from './build.ts'
import { wantedPorts } from './claims.ts'
import type { ImagePlan } from './images.ts'

/** Asks the driver to look, before anything is touched, for what would make the change fail. */
export function addPreflight(build: Build, images: ImagePlan): void {
  const starting = build.slots.filter((slot) => startsContainer(build, slot))
  const ports = starting.flatMap((slot) =>
    wantedPorts(build.model, slot.service).map((port) => ({ ...port, service: slot.service })),
  )
  const names = [...build.created].flatMap(([slot, name]) => [...new Set([name, slot.finalName])])
  const creates = build.created.size > 0
  if (ports.length === 0 && !creates) return
  const freed = build.slots.flatMap((slot) => [
    ...slot.outgoing.filter((container) => stopsEarly(build, slot, container) || build.claims.names.has(container)),
    ...(slot.incoming?.kind === 'kept' ? [slot.incoming.container] : []),
  ])
  build.steps.add(
    'preflight',
    { kind: 'project', name: build.desired.project },
    { ports, names, freed: freed.map((container) => container.id), images: creates ? images.needed : [] },
    { phase: 'prepare', after: images.steps },
  )
}
