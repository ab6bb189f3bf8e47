import type { Project } from '@windflow/compose'
import type { Desired, LifecycleOptions } from '../driver.ts'
import { gateSpec } from '../gate/derive.ts'
import type { Change, Plan } from '../plan.ts'
import { stopTime } from './build.ts'
import { fingerprint } from './fingerprint.ts'
import { dependencyOrder, needs, selectServices } from './graph.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { containerResource } from './restore-state.ts'
import { isUp, mustStart } from './slots.ts'
import { finishPlan, StepList, stepId } from './step-list.ts'

/** Stops, starts or restarts the containers that are there. `start` starts what the named services need, too. */
export function planLifecycleContainers(desired: Desired, observed: Observed, options: LifecycleOptions): Plan {
  const { model } = desired
  const { action } = options
  const steps = new StepList()
  const changes: Change[] = []
  const scope = selectServices(model, options.services, action !== 'start')
  const own = observed.containers.filter(
    (container) => !container.oneoff && !container.hook && scope.has(container.service),
  )
  const stopping = action === 'start' ? [] : own.filter(isUp)
  const starting = own.filter((container) =>
    action === 'restart' ? stopping.includes(container) : action === 'start' && mustStart(model, container),
  )
  for (const container of stopping) addStop(model, steps, container, stopping, options)
  for (const name of dependencyOrder(model)) {
    for (const container of starting)
      if (container.service === name) addStart(model, steps, container, starting, options)
  }
  for (const container of own) {
    if (container.state === 'paused' && action === 'start') {
      const target = { container: container.id, service: container.service, number: container.number }
      steps.add('unpause', containerResource(container), target, { suffix: container.id.slice(0, 12) })
    } else if (!stopping.includes(container) && !starting.includes(container)) continue
    changes.push({
      resource: containerResource(container),
      action: action === 'restart' ? 'update' : action,
      fields: [],
      reason: `asked to ${action} it`,
      impact: action === 'stop' ? 'downtime' : action === 'restart' ? 'restart' : 'none',
    })
  }
  return finishPlan(desired.project, changes, steps, fingerprint(observed))
}

function addStop(
  model: Project,
  steps: StepList,
  container: ObservedContainer,
  stopping: readonly ObservedContainer[],
  options: LifecycleOptions,
): void {
  const { timeoutMs, seconds } = stopTime(model, container.service, options.stopTimeoutSeconds)
  const dependents = stopping.filter((other) =>
    needs(model, other.service).some((need) => need.service === container.service),
  )
  steps.add(
    'stop',
    containerResource(container),
    {
      container: container.id,
      service: container.service,
      number: container.number,
      ...(seconds !== undefined && { timeoutSeconds: seconds }),
      preStop: (model.services[container.service]?.pre_stop ?? []).length > 0,
    },
    {
      suffix: container.id.slice(0, 12),
      timeoutMs,
      after: dependents.map((other) => stepId('stop', containerResource(other), other.id.slice(0, 12))),
    },
  )
}

function addStart(
  model: Project,
  steps: StepList,
  container: ObservedContainer,
  starting: readonly ObservedContainer[],
  options: LifecycleOptions,
): void {
  const resource = containerResource(container)
  const suffix = container.id.slice(0, 12)
  const target = { container: container.id, service: container.service, number: container.number }
  const waits = needs(model, container.service).flatMap((need) =>
    starting
      .filter((other) => other.service === need.service)
      .map((other) => {
        const verb = need.condition === 'service_started' ? 'start' : 'gate'
        if (verb === 'gate') addGate(model, steps, other, options)
        return stepId(verb, containerResource(other), other.id.slice(0, 12))
      }),
  )
  const postStart = (model.services[container.service]?.post_start ?? []).length > 0
  const stopped = stepId('stop', resource, suffix)
  steps.add('start', resource, { ...target, postStart }, { suffix, after: [stopped, ...waits] })
  if (options.gate !== false) addGate(model, steps, container, options)
}

function addGate(model: Project, steps: StepList, container: ObservedContainer, options: LifecycleOptions): void {
  const resource = containerResource(container)
  const suffix = container.id.slice(0, 12)
  if (steps.has(stepId('gate', resource, suffix))) return
  const spec = gateSpec(model, container.service, options)
  steps.add(
    'gate',
    resource,
    { container: container.id, service: container.service, number: container.number, spec, optional: false },
    { suffix, timeoutMs: spec.timeoutMs + 30_000, after: [stepId('start', resource, suffix)] },
  )
}
