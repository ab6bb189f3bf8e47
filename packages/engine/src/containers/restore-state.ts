import type { Desired } from '../driver.ts'
import type { Change } from '../plan.ts'
import type { ResourceRef } from '../resource.ts'
import type { Expectations } from './expect.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { type StepList, stepId } from './step-list.ts'

/** What the parts of the restore planner share. */
export interface Restore {
  readonly before: Observed
  readonly now: Observed
  readonly previous: Desired | undefined
  readonly expectations: Expectations
  readonly steps: StepList
  readonly changes: Change[]
  readonly names: Set<string>
  /** Steps after which a network of `before` is there, by its name; absent when it never went. */
  readonly networks: Map<string, string>
  /** Networks that were made again and are connected anew, by name. */
  readonly remade: Set<string>
  /** Containers that ran on and are stopped on the way, by id, with the step that stops them. */
  readonly stopped: Map<string, string>
}

/** A container of the state before, and the one that is it now, when there is one. */
export interface Pin {
  readonly was: ObservedContainer
  readonly is: ObservedContainer | undefined
}

export function containerResource(container: ObservedContainer): ResourceRef {
  return { kind: 'service', name: container.service, instance: container.number }
}

/** Id of the step that removes a container which came since. */
export function evictionId(intruder: ObservedContainer): string {
  return stepId('remove', containerResource(intruder), intruder.id.slice(0, 12))
}

/** Services with which the container is restarted: it asked for it, or lives in their namespaces. */
export function restartsWith(container: ObservedContainer): string[] {
  return (container.dependsOn ?? '').split(',').flatMap((entry) => {
    const [service, , restart] = entry.split(':')
    return service && restart === 'true' ? [service] : []
  })
}

/** What the container waited for when it was made: told by its label, even where the model is not known. */
export function dependsOnServices(container: ObservedContainer): string[] {
  return (container.dependsOn ?? '').split(',').flatMap((entry) => {
    const [service] = entry.split(':')
    return service ? [service] : []
  })
}
