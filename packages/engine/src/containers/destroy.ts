import type { DestroyRequest } from '../driver.ts'
import type { Change, Plan } from '../plan.ts'
import { fingerprint } from './fingerprint.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { containerResource, dependsOnServices } from './restore-state.ts'
import { isUp } from './slots.ts'
import { finishPlan, STOP_MS, StepList, stepId } from './step-list.ts'

/** What it takes to remove a project. Needs no model: what belongs to it says so in its labels. */
export function planDestroyContainers(observed: Observed, options: DestroyRequest): Plan {
  const steps = new StepList()
  const changes: Change[] = []
  const leaving = observed.containers.filter((container) => {
    if (container.oneoff) return options.removeOrphans
    return options.removeOrphans || options.services === undefined || options.services.includes(container.service)
  })
  const removed: string[] = []
  for (const container of leaving) {
    const resource = containerResource(container)
    const suffix = container.id.slice(0, 12)
    const target = { container: container.id, service: container.service, number: container.number }
    const seconds = options.stopTimeoutSeconds
    const stopped = isUp(container)
      ? steps.add(
          'stop',
          resource,
          { ...target, ...(seconds !== undefined && { timeoutSeconds: seconds }), preStop: true },
          { suffix, after: dependentStops(container, leaving), timeoutMs: (seconds ?? 0) * 1000 + STOP_MS },
        )
      : undefined
    removed.push(
      steps.add(
        'remove',
        resource,
        { ...target, name: container.name, volumes: options.volumes },
        { suffix, after: [stopped] },
      ),
    )
    changes.push({
      resource,
      action: 'delete',
      fields: [],
      reason: 'the project is removed',
      impact: isUp(container) ? 'downtime' : 'none',
    })
  }
  const external = new Set(options.external)
  const stays = observed.containers.filter((container) => !leaving.includes(container))
  for (const network of observed.networks) {
    if (network.foreign || network.key === undefined || external.has(network.name)) continue
    if (stays.some((container) => container.networks[network.name] !== undefined)) continue
    const resource = { kind: 'network', name: network.key } as const
    steps.add(
      'remove-network',
      resource,
      { key: network.key, name: network.name, id: network.id, optional: true },
      { suffix: network.id.slice(0, 12), after: removed },
    )
    changes.push({ resource, action: 'delete', fields: [], reason: 'the project is removed', impact: 'none' })
  }
  for (const volume of options.volumes ? observed.volumes : []) {
    if (volume.foreign || volume.key === undefined || external.has(volume.name)) continue
    const resource = { kind: 'volume', name: volume.key } as const
    steps.add(
      'remove-volume',
      resource,
      { key: volume.key, name: volume.name },
      { suffix: volume.name, after: removed },
    )
    changes.push({
      resource,
      action: 'delete',
      fields: [],
      reason: 'asked to delete the data too',
      impact: 'data-loss',
    })
  }
  return finishPlan(observed.project, changes, steps, () => fingerprint(observed))
}

/** A service stops after those that need it. */
function dependentStops(container: ObservedContainer, all: readonly ObservedContainer[]): string[] {
  return all
    .filter((other) => other !== container && isUp(other) && dependsOnServices(other).includes(container.service))
    .map((other) => stepId('stop', containerResource(other), other.id.slice(0, 12)))
}
