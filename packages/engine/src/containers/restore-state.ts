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
  /** Containers stopped so that a network can be made again, by id. */
  readonly stopped: Set<string>
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

export function dependsOnServices(container: ObservedContainer): string[] {
  return (container.dependsOn ?? '').split(',').flatMap((entry) => {
    const [service] = entry.split(':')
    return service ? [service] : []
  })
}
