import type { Project } from '@windflow/compose'
import type { Desired, LifecycleOptions } from '../driver.ts'
import { gateSpec } from '../gate/derive.ts'
import type { Change, Plan } from '../plan.ts'
import { stopTime } from './build.ts'
import { fingerprint } from './fingerprint.ts'
import { dependencyOrder, namespaceServices, needs, selectServices } from './graph.ts'
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
  const all = observed.containers.filter((container) => !container.oneoff && !container.hook)
  const chosen = all.filter((container) => scope.has(container.service))
  const asked = chosen.filter((container) => (action === 'start' ? mustStart(model, container) : isUp(container)))
  const guests = action === 'stop' ? [] : guestsOf(model, asked, all)
  const own = [...chosen, ...guests.filter((guest) => !chosen.includes(guest))]
  const stopping = action === 'start' ? guests : [...new Set([...asked, ...guests])]
  const starting = action === 'stop' ? [] : [...new Set([...asked, ...guests])]
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
    const restarts = stopping.includes(container) && starting.includes(container)
    changes.push({
      resource: containerResource(container),
      action: restarts ? 'update' : action === 'restart' ? 'start' : action,
      fields: [],
      reason:
        asked.includes(container) || !restarts ? `asked to ${action} it` : 'it is restarted with what it depends on',
      impact: action === 'stop' ? 'downtime' : restarts ? 'restart' : 'none',
    })
  }
  return finishPlan(desired.project, changes, steps, () => fingerprint(observed))
}

/** What runs and is restarted with the given containers: it lives in them, or asked for it. */
function guestsOf(
  model: Project,
  started: readonly ObservedContainer[],
  all: readonly ObservedContainer[],
): ObservedContainer[] {
  const hosts = new Set(started.map((container) => container.service))
  const guests: ObservedContainer[] = []
  for (const name of dependencyOrder(model)) {
    const service = model.services[name]
    const tied = [
      ...(service ? namespaceServices(service) : []),
      ...needs(model, name).flatMap((need) => (need.restart ? [need.service] : [])),
    ]
    if (!tied.some((host) => hosts.has(host))) continue
    const running = all.filter((container) => container.service === name && container.state === 'running')
    guests.push(...running.filter((container) => !started.includes(container)))
    if (running.length > 0) hosts.add(name)
  }
  return guests
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
  const guests = starting
    .filter((other) => needs(model, other.service).some((need) => need.service === container.service))
    .map((other) => stepId('stop', containerResource(other), other.id.slice(0, 12)))
  steps.add('start', resource, { ...target, postStart }, { suffix, after: [stopped, ...guests, ...waits] })
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
