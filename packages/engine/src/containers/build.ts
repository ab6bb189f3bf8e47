import type { Project } from '@windflow/compose'
import type { Desired, PlanOptions } from '../driver.ts'
import { durationMs } from '../duration.ts'
import type { ResourceRef } from '../resource.ts'
import type { Claims } from './claims.ts'
import type { ObjectDecision } from './infrastructure.ts'
import type { Observed, ObservedContainer, ObservedNetwork, ObservedVolume } from './observed.ts'
import { isUp, mustStart, type Slot } from './slots.ts'
import { STOP_MS, type StepDetails, type StepList, stepId } from './step-list.ts'

/** What the parts of the planner share while they write down the steps. */
export interface Build {
  readonly desired: Desired
  readonly model: Project
  readonly observed: Observed
  readonly options: PlanOptions
  readonly slots: readonly Slot[]
  readonly claims: Claims
  readonly networks: readonly ObjectDecision<ObservedNetwork>[]
  readonly volumes: readonly ObjectDecision<ObservedVolume>[]
  readonly steps: StepList
  /** Names of containers in use or given away. */
  readonly names: Set<string>
  /** Names new containers are created under. */
  readonly created: Map<Slot, string>
  /** Creates that wait for nothing running to stop: all of them come before the first stop. */
  readonly early: string[]
  /** Per slot: the steps after which it is ready. */
  readonly ready: Map<Slot, string[]>
}

export function slotResource(slot: Slot): ResourceRef {
  return { kind: 'service', name: slot.service, instance: slot.number }
}

/** Ids of the steps on an outgoing container; known before they are added, so that others can wait for them. */
export function outgoingSuffix(slot: Slot, container: ObservedContainer): string | undefined {
  const main = slot.incoming?.kind === 'kept' ? slot.incoming.container : slot.outgoing[0]
  return main === container ? undefined : container.id.slice(0, 12)
}

export function target(container: string, slot: Slot): { container: string; service: string; number: number } {
  return { container, service: slot.service, number: slot.number }
}

/** What the incoming container is addressed by once it runs: a new one by the name it then has. */
export function runningName(build: Build, slot: Slot): string {
  if (slot.incoming?.kind === 'kept') return slot.incoming.container.id
  return slot.order === 'start-first' ? (build.created.get(slot) ?? slot.finalName) : slot.finalName
}

/** Whether the plan starts the slot's incoming container. */
export function startsContainer(build: Build, slot: Slot): boolean {
  const { incoming } = slot
  if (incoming?.kind === 'new') return true
  return incoming !== undefined && (slot.restart !== undefined || mustStart(build.model, incoming.container))
}

/** The outgoing container that holds the name the slot's container is to have, and its own slot. */
export function nameHolder(build: Build, slot: Slot): { container: ObservedContainer; slot: Slot } | undefined {
  for (const [container, claimant] of build.claims.names) {
    const owner = claimant === slot ? build.slots.find((other) => other.outgoing.includes(container)) : undefined
    if (owner) return { container, slot: owner }
  }
  return undefined
}

/** Stops a container that leaves or restarts. */
export function addStop(build: Build, slot: Slot, container: ObservedContainer, details: StepDetails): string {
  const { timeoutMs, seconds } = stopTime(build.model, slot.service, build.options.stopTimeoutSeconds)
  return build.steps.add(
    'stop',
    slotResource(slot),
    {
      ...target(container.id, slot),
      ...(seconds !== undefined && { timeoutSeconds: seconds }),
      preStop: (build.model.services[slot.service]?.pre_stop ?? []).length > 0 && container.state === 'running',
    },
    { timeoutMs, ...details },
  )
}

/**
 * Containers that are restarted because of a service are stopped before its own stop and start, so that none is left
 * in namespaces that are gone when everything breaks off there. Beside a start-first swap they run on until it is ready.
 */
export function dependentStops(build: Build, service: string): string[] {
  if (isGentle(build, service)) return []
  return build.slots.flatMap((other) =>
    other.restart?.cause === service && other.incoming?.kind === 'kept'
      ? [stopStepId(other, other.incoming.container)]
      : [],
  )
}

/** Whether the service is never away while it is replaced. */
export function isGentle(build: Build, service: string): boolean {
  return build.slots.every((slot) => slot.service !== service || slot.order === 'start-first')
}

export function stopStepId(slot: Slot, container: ObservedContainer): string {
  return stepId('stop', slotResource(slot), outgoingSuffix(slot, container))
}

/** How long a stop may take: the longest grace period anybody has named, and what every stop has beside it. */
export function stopTime(
  model: Project,
  service: string,
  seconds: number | undefined,
): { timeoutMs: number; seconds?: number } {
  const grace = durationMs(model.services[service]?.stop_grace_period ?? '10s') ?? 10_000
  const ms = seconds === undefined ? grace : seconds * 1000
  return { timeoutMs: ms + STOP_MS, ...(seconds !== undefined && { seconds }) }
}

/** Slots with a container on the network. */
export function attached(slots: readonly Slot[], network: string): { slot: Slot; container: ObservedContainer }[] {
  return slots.flatMap((slot) => {
    const kept = slot.incoming?.kind === 'kept' ? [slot.incoming.container] : []
    return [...kept, ...slot.outgoing]
      .filter((container) => container.networks[network] !== undefined)
      .map((container) => ({ slot, container }))
  })
}

export function removeStepId(slot: Slot, container: ObservedContainer): string {
  return stepId('remove', slotResource(slot), outgoingSuffix(slot, container))
}

/** Whether the container is stopped in the change, before the verdict. */
export function stopsEarly(build: Build, slot: Slot, container: ObservedContainer): boolean {
  if (!isUp(container)) return false
  if (slot.restart && slot.incoming?.kind === 'kept' && slot.incoming.container === container) return true
  if (!slot.outgoing.includes(container)) return false
  if (slot.incoming && slot.order === 'stop-first') return true
  return slot.loses || build.claims.ports.has(container) || onReplacedNetwork(build, container)
}

export function onReplacedNetwork(build: Build, container: ObservedContainer): boolean {
  return build.networks.some(
    (network) => network.action === 'replace' && container.networks[network.name] !== undefined,
  )
}
