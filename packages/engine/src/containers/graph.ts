import type { Project, Service } from '@windflow/compose'
import { EngineError } from '../errors.ts'

/** One service needs another one. */
export interface Need {
  readonly service: string
  readonly condition: 'service_started' | 'service_healthy' | 'service_completed_successfully'
  readonly required: boolean
  /** Restarted when the other one is restarted or replaced. */
  readonly restart: boolean
}

/** What a service waits for, declared or implied by a container it refers to; only services of the model. */
export function needs(model: Project, name: string): Need[] {
  const service = model.services[name]
  if (!service) return []
  const found = new Map<string, Need>()
  for (const other of referencedServices(service)) {
    found.set(other, { service: other, condition: 'service_started', required: true, restart: false })
  }
  for (const [other, dependency] of Object.entries(service.depends_on ?? {})) {
    found.set(other, {
      service: other,
      condition: readCondition(dependency.condition),
      required: dependency.required,
      restart: dependency.restart ?? false,
    })
  }
  return [...found.values()].filter((need) => model.services[need.service] !== undefined)
}

function readCondition(text: string | undefined): Need['condition'] {
  return text === 'service_healthy' || text === 'service_completed_successfully' ? text : 'service_started'
}

/** Services in whose namespaces this one lives (`network_mode`, `ipc`, `pid`): they die with it and start before it. */
export function namespaceServices(service: Service): string[] {
  return [service.network_mode, service.ipc, service.pid].flatMap((mode) =>
    mode?.startsWith('service:') ? [mode.slice('service:'.length)] : [],
  )
}

/** Services whose container id is part of this one's container: replaced together. */
export function referencedServices(service: Service): string[] {
  const volumes = (service.volumes_from ?? []).flatMap((from) =>
    from.startsWith('container:') ? [] : [from.split(':', 1)[0] ?? from],
  )
  return [...new Set([...namespaceServices(service), ...volumes])]
}

/** All services, each after those it needs. Throws when they need each other in a circle. */
export function dependencyOrder(model: Project): string[] {
  const order: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (name: string, path: readonly string[]): void => {
    const seen = state.get(name)
    if (seen === 'done') return
    if (seen === 'open') {
      throw new EngineError('dependency-cycle', `services need each other: ${[...path, name].join(' → ')}`, {
        class: 'user',
        hint: 'take one of these dependencies out',
      })
    }
    state.set(name, 'open')
    for (const need of needs(model, name)) visit(need.service, [...path, name])
    state.set(name, 'done')
    order.push(name)
  }
  for (const name of Object.keys(model.services)) visit(name, [])
  return order
}

/** The named services with everything they need, or only themselves; all when none is named. */
export function selectServices(model: Project, names: readonly string[] | undefined, alone: boolean): Set<string> {
  if (names === undefined || names.length === 0) return new Set(Object.keys(model.services))
  const selected = new Set<string>()
  const add = (name: string): void => {
    if (selected.has(name)) return
    selected.add(name)
    if (!alone) for (const need of needs(model, name)) add(need.service)
  }
  for (const name of names) {
    if (!model.services[name]) {
      throw new EngineError('service-unknown', `there is no service "${name}" in this project`, {
        class: 'user',
        hint: `the services are ${Object.keys(model.services).join(', ')}`,
      })
    }
    add(name)
  }
  return selected
}
