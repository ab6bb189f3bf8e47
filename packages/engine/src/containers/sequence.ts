import {
  addStop,
  type Build,
  dependentStops,
  isGentle,
  nameHolder,
  runningName,
  slotResource,
  startsContainer,
  stopStepId,
  target,
} from './build.ts'
import { addGate, dependenciesReady } from './conditions.ts'
import { publish, rejoin } from './connect.ts'
import { freeHeldName, planEarlyStops } from './leave.ts'
import type { ObservedContainer } from './observed.ts'
import { isUp, type Slot } from './slots.ts'
import { stepId } from './step-list.ts'

/** Writes the steps of one service: its slots side by side, replacements one after the other. */
export function planService(build: Build, service: string): void {
  const slots = build.slots.filter((slot) => slot.service === service)
  const incoming = slots.filter((slot) => slot.incoming)
  const starts = incoming.some((slot) => startsContainer(build, slot))
  const waits = starts ? dependenciesReady(build, service) : []
  const hooks = starts ? preStartHooks(build, service, incoming, waits) : []
  const parallel = build.model.services[service]?.deploy?.update_config?.parallelism ?? 1
  const swapped: string[][] = []
  for (const slot of incoming) {
    const swaps = slot.outgoing.some(isUp)
    const predecessor = swaps && parallel > 0 ? swapped.at(-parallel) : undefined
    const full = swapped.length >= parallel ? (predecessor ?? []) : []
    const ready = planIncoming(build, slot, [...waits, ...full], hooks)
    build.ready.set(slot, ready)
    if (swaps) swapped.push(ready)
  }
  for (const slot of slots) if (!slot.incoming) planEarlyStops(build, slot, [])
}

/** Returns the steps after which the slot is ready: its gate, and its publication. */
function planIncoming(build: Build, slot: Slot, waits: readonly string[], hooks: readonly string[]): string[] {
  const { steps } = build
  const { incoming } = slot
  if (!incoming) return []
  const resource = slotResource(slot)
  planEarlyStops(build, slot, waits)
  const rooms = roomMade(build, slot)
  const created = incoming.kind === 'new' ? stepId('create', resource) : undefined
  const renamed = slot.order === 'stop-first' ? takeName(build, slot, [created, ...rooms]) : undefined
  const kept = incoming.kind === 'kept' ? incoming.container : undefined
  const stopped = kept && slot.restart ? addRestartStop(build, slot, kept, waits) : undefined
  const joined = kept ? rejoin(build, slot, kept, [stopped, renamed, ...rooms]) : []
  const container = runningName(build, slot)

  let running: string | undefined
  if (startsContainer(build, slot)) {
    const postStart = (build.model.services[slot.service]?.post_start ?? []).length > 0
    const dependents = dependentStops(build, slot.service)
    running = steps.add(
      'start',
      resource,
      { ...target(container, slot), postStart },
      { after: [created, renamed, stopped, ...dependents, ...joined, ...rooms, ...waits, ...hooks] },
    )
  } else if (kept?.state === 'paused') {
    running = steps.add('unpause', resource, target(container, slot), { after: [renamed, ...joined] })
  }

  const done = [running ?? renamed, ...joined].filter((id) => id !== undefined)
  const ready = wantsGate(build, slot, running) ? [addGate(build, slot, done, false)] : done
  if (slot.order === 'stop-first') return ready
  const published = publish(build, slot, container, ready)
  return published.length > 0 ? published : ready
}

/** The stops that give the incoming container its ports and volumes. */
function roomMade(build: Build, slot: Slot): string[] {
  const own = slot.order === 'stop-first' ? slot.outgoing.filter(isUp).map((gone) => stopStepId(slot, gone)) : []
  const ports = [...build.claims.ports].flatMap(([holder, claimants]) => {
    const owner = build.slots.find((other) => other.outgoing.includes(holder))
    return owner && claimants.includes(slot) ? [stopStepId(owner, holder)] : []
  })
  return [...own, ...ports]
}

/** Gives the incoming container its final name before it runs. */
function takeName(build: Build, slot: Slot, after: readonly (string | undefined)[]): string | undefined {
  const kept = slot.incoming?.kind === 'kept' ? slot.incoming.container : undefined
  const from = kept?.name ?? build.created.get(slot) ?? slot.finalName
  const holder = nameHolder(build, slot)
  const freed = holder ? freeHeldName(build, holder.container, holder.slot, slot) : undefined
  if (from === slot.finalName) return freed
  return build.steps.add(
    'rename',
    slotResource(slot),
    { ...target(kept?.id ?? from, slot), from, to: slot.finalName },
    { after: [...after, freed] },
  )
}

function addRestartStop(build: Build, slot: Slot, container: ObservedContainer, waits: readonly string[]): string {
  const cause = slot.restart?.cause
  const gentle = cause !== undefined && isGentle(build, cause)
  return addStop(build, slot, container, { after: gentle ? waits : build.early })
}

function wantsGate(build: Build, slot: Slot, running: string | undefined): boolean {
  if (build.options.gate === false) return false
  if (running !== undefined || slot.order === 'start-first') return true
  if (slot.incoming?.kind !== 'kept') return false
  const { state, health } = slot.incoming.container
  return state === 'restarting' || (state === 'running' && (health === 'starting' || health === 'unhealthy'))
}

/** `pre_start` hooks run once for a service, before its first container, when none of its containers runs on. */
function preStartHooks(build: Build, service: string, incoming: readonly Slot[], waits: readonly string[]): string[] {
  const hooks = build.model.services[service]?.pre_start ?? []
  const first = incoming.find((slot) => startsContainer(build, slot))
  const runsOn = incoming.some(
    (slot) => slot.incoming?.kind === 'kept' && slot.incoming.container.state === 'running' && !slot.restart,
  )
  if (!first || runsOn) return []
  const ids: string[] = []
  for (const index of hooks.keys()) {
    const prepared = [stepId('create', slotResource(first)), stepId('rename', slotResource(first))]
    ids.push(
      build.steps.add(
        'pre-start',
        slotResource(first),
        { ...target(runningName(build, first), first), index },
        {
          suffix: String(index),
          after: [...waits, ...prepared, ids.at(-1)],
        },
      ),
    )
  }
  return ids
}
