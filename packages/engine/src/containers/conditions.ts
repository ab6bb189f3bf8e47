import { gateSpec } from '../gate/derive.ts'
import { type Build, runningName, slotResource, startsContainer, target } from './build.ts'
import { type Need, needs } from './graph.ts'
import { serviceNetworks } from './infrastructure.ts'
import type { Slot } from './slots.ts'
import { stepId } from './step-list.ts'

/** The steps after which everything the service waits for (`depends_on` with its conditions) is there. */
export function dependenciesReady(build: Build, service: string): string[] {
  return needs(build.model, service).flatMap((need) => {
    const slots = build.slots.filter((slot) => slot.service === need.service && slot.incoming)
    if (need.condition === 'service_started') return slots.flatMap((slot) => startedSteps(build, slot))
    return slots.flatMap((slot) => conditionSteps(build, slot, need))
  })
}

/** Whether anybody cannot do without the service's readiness: the one gate of a slot is for all who wait for it. */
function isRequired(build: Build, service: string): boolean {
  return Object.keys(build.model.services).some((other) =>
    needs(build.model, other).some(
      (need) => need.service === service && need.required && need.condition !== 'service_started',
    ),
  )
}

/** The steps after which the slot's container runs and answers to its service's names. */
function startedSteps(build: Build, slot: Slot): string[] {
  const start = stepId('start', slotResource(slot))
  if (slot.order === 'stop-first') return [start]
  return serviceNetworks(build.model, slot.service).map((key) => stepId('publish', slotResource(slot), key))
}

function conditionSteps(build: Build, slot: Slot, need: Need): string[] {
  const { incoming } = slot
  const ready = build.ready.get(slot) ?? []
  const gate = stepId('gate', slotResource(slot))
  // Ready after its own gate; one that another dependent has asked for, it is not ready after.
  if (build.steps.has(gate)) return [...ready, gate]
  if (incoming?.kind === 'kept' && !startsContainer(build, slot)) {
    const { state, health, exitCode } = incoming.container
    const completed = state === 'exited' && exitCode === 0
    const healthy = state === 'running' && (health === 'healthy' || health === 'none')
    if (need.condition === 'service_completed_successfully' ? completed : healthy) return ready
  }
  return [addGate(build, slot, ready, !isRequired(build, need.service))]
}

export function addGate(build: Build, slot: Slot, after: readonly string[], optional: boolean): string {
  const spec = gateSpec(build.model, slot.service, build.options)
  return build.steps.add(
    'gate',
    slotResource(slot),
    { ...target(runningName(build, slot), slot), spec, optional },
    { after, timeoutMs: spec.timeoutMs + 30_000 },
  )
}
