import { serviceExtension } from '../extension.ts'
import {
  addStop,
  type Build,
  dependentStops,
  onReplacedNetwork,
  outgoingSuffix,
  removeStepId,
  slotResource,
  stopStepId,
  stopsEarly,
  target,
} from './build.ts'
import { withdraw } from './connect.ts'
import { freeName, PREVIOUS } from './names.ts'
import type { ObservedContainer } from './observed.ts'
import { isUp, type Slot } from './slots.ts'
import { stepId } from './step-list.ts'

/**
 * How long connections may take to end before the old container of a start-first swap is stopped. More than a second: a
 * client whose first packet met the moment in which it left the network sends it again after one (RFC 6298, section 2).
 * A driver that knows that nobody talked to it need not wait.
 */
const DRAIN_MS = 1500

/** Stops before the verdict what has to make room. `waits`: what the incoming container waits for anyway. */
export function planEarlyStops(build: Build, slot: Slot, waits: readonly string[]): void {
  const dependents = dependentStops(build, slot.service)
  for (const container of slot.outgoing) {
    if (!stopsEarly(build, slot, container)) continue
    const atOnce = slot.loses || onReplacedNetwork(build, container) || neededElsewhere(build, slot, container)
    addStop(build, slot, container, {
      ...suffixOf(slot, container),
      after: [...build.early, ...dependents, ...(atOnce ? [] : waits)],
    })
  }
}

function neededElsewhere(build: Build, slot: Slot, container: ObservedContainer): boolean {
  const claimants = [...(build.claims.ports.get(container) ?? []), build.claims.names.get(container)]
  return claimants.some((claimant) => claimant !== undefined && claimant !== slot)
}

/** Gives the holder of a name another one until the verdict. Returns the step after which the name is free. */
export function freeHeldName(build: Build, holder: ObservedContainer, owner: Slot, claimant: Slot): string | undefined {
  if (owner.loses) return removeStepId(owner, holder)
  if (claimant.order === 'start-first') return undefined
  const to = freeName(claimant.finalName, PREVIOUS, build.names)
  const stopped = stopsEarly(build, owner, holder) ? stopStepId(owner, holder) : undefined
  const created = claimant.incoming?.kind === 'new' ? stepId('create', slotResource(claimant)) : undefined
  return build.steps.add(
    'rename',
    slotResource(owner),
    { ...target(holder.id, owner), from: holder.name, to },
    { suffix: `previous/${holder.id.slice(0, 12)}`, after: [stopped, created] },
  )
}

/** After the verdict: what was replaced goes, and the new one gets its name. Where a volume goes, already before it. */
export function planCommit(build: Build, slot: Slot): void {
  const phase = slot.loses ? 'change' : 'commit'
  const removed = slot.outgoing.map((container) => {
    const details = { phase, ...suffixOf(slot, container) } as const
    let last: string | undefined
    if (stopsEarly(build, slot, container)) last = stopStepId(slot, container)
    else if (isUp(container)) {
      last = slot.incoming && slot.order === 'start-first' ? retire(build, slot, container) : undefined
      last = addStop(build, slot, container, { ...details, after: [last] })
    }
    return build.steps.add(
      'remove',
      slotResource(slot),
      { ...target(container.id, slot), name: container.name, volumes: false },
      { ...details, after: [last] },
    )
  })
  if (slot.order === 'start-first' && slot.incoming) renameLast(build, slot, removed)
}

function retire(build: Build, slot: Slot, container: ObservedContainer): string | undefined {
  const service = build.model.services[slot.service]
  const milliseconds = (service && serviceExtension(slot.service, service).drainMs) ?? DRAIN_MS
  withdraw(build, slot, container, build.ready.get(slot) ?? [])
  if (milliseconds === 0) return undefined
  return build.steps.add(
    'drain',
    slotResource(slot),
    { ...target(container.id, slot), milliseconds },
    { phase: 'commit', ...suffixOf(slot, container), timeoutMs: milliseconds + 30_000 },
  )
}

function renameLast(build: Build, slot: Slot, removed: readonly string[]): void {
  const kept = slot.incoming?.kind === 'kept' ? slot.incoming.container : undefined
  const from = kept?.name ?? build.created.get(slot) ?? slot.finalName
  if (from === slot.finalName) return
  build.steps.add(
    'rename',
    slotResource(slot),
    { ...target(kept?.id ?? from, slot), from, to: slot.finalName },
    { phase: 'commit', after: removed },
  )
}

function suffixOf(slot: Slot, container: ObservedContainer): { suffix?: string } {
  const suffix = outgoingSuffix(slot, container)
  return suffix === undefined ? {} : { suffix }
}
