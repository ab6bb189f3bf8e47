import type { Project, Service } from '@windflow/compose'
import type { DeployRequest, Desired, OperationOptions, OperationResult, PlanOptions } from '../../src/index.ts'
import { referencedServices } from '../../src/index.ts'
import { deploy } from '../../src/operation.ts'
import { digest, MemoryDriver, serviceHash } from './driver.ts'
import { FakeEngine } from './engine.ts'

export type PartialService = Partial<Service>

/** A model in its canonical shape from the little a test wants to say. */
export function project(
  services: Readonly<Record<string, PartialService>>,
  more: { networks?: Project['networks']; volumes?: Project['volumes'] } = {},
): Project {
  const networks = more.networks ?? { default: { name: 'app_default', ipam: {} } }
  const complete = Object.entries(services).map(([name, service]): [string, Service] => {
    const networked = service.network_mode === undefined && service.networks === undefined
    return [
      name,
      {
        command: null,
        entrypoint: null,
        image: 'good:1',
        ...(networked && { networks: Object.fromEntries(Object.keys(networks).map((key) => [key, null])) }),
        ...service,
      },
    ]
  })
  return {
    name: 'app',
    services: Object.fromEntries(complete),
    networks,
    ...(more.volumes && { volumes: more.volumes }),
  }
}

let operations = 0

export function desiredOf(model: Project, release = 1): Desired {
  const refers = (name: string): boolean => {
    const service = model.services[name]
    return service !== undefined && referencedServices(service).length > 0
  }
  return {
    project: model.name,
    model,
    hashes: {
      services: Object.fromEntries(
        Object.keys(model.services).map((name) => [name, refers(name) ? '' : serviceHash(model, name)]),
      ),
      networks: mapValues(model.networks ?? {}, digest),
      volumes: mapValues(model.volumes ?? {}, digest),
    },
    deployment: 'd1',
    release,
    operation: `op${++operations}`,
  }
}

function mapValues<T, U>(values: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]))
}

/** An engine with the images the tests use. */
export function newEngine(): FakeEngine {
  const engine = new FakeEngine()
  for (const kind of ['good', 'crash', 'sick', 'slow', 'job', 'badjob']) {
    for (const tag of ['1', '2', '3']) engine.images.set(`${kind}:${tag}`, `sha-${kind}-${tag}`)
  }
  return engine
}

export function options(more: Partial<OperationOptions> = {}): OperationOptions {
  return { owner: 'test', waitMs: 0, signal: new AbortController().signal, ...more }
}

export async function up(
  engine: FakeEngine,
  model: Project,
  more: {
    plan?: PlanOptions
    run?: Partial<OperationOptions>
    previous?: Project
    driver?: MemoryDriver
  } = {},
): Promise<OperationResult & { driver: MemoryDriver }> {
  const driver = more.driver ?? new MemoryDriver(engine)
  const request: DeployRequest = {
    desired: desiredOf(model),
    options: more.plan ?? {},
    ...(more.previous && { previous: desiredOf(more.previous) }),
  }
  return { ...(await deploy(driver, request, options(more.run))), driver }
}

/** Everything about the containers that has to be the same when a state is said to be back. */
export function snapshot(engine: FakeEngine): unknown {
  const containers = [...engine.containers.values()]
    .map((container) => ({
      id: container.id,
      name: container.name,
      up: container.state === 'running',
      networks: [...container.networks]
        .map(([name, end]) => `${name}=${end.networkId}:${end.aliases.toSorted().join('+')}`)
        .sort(),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  return { containers, networks: [...engine.networks.keys()].sort() }
}

/** What is wrong with the engine when it should run exactly the model; empty when all is as it should be. */
export async function faults(engine: FakeEngine, model: Project): Promise<string[]> {
  // What was put back may still be on its way to healthy.
  engine.advance(10_000)
  const driver = new MemoryDriver(engine)
  const desired = desiredOf(model)
  const found: string[] = []
  const plan = await driver.plan(desired, await driver.observe(desired), {})
  for (const change of plan.changes)
    found.push(`still planned: ${change.action} ${change.resource.name}: ${change.reason}`)
  for (const step of plan.steps) found.push(`still a step: ${step.id}`)
  for (const container of engine.containers.values()) {
    if (/\.(next|previous)\d*$/.test(container.name)) found.push(`left over: ${container.name}`)
    const host = container.namespace === undefined ? undefined : engine.containers.get(container.namespace)
    if (container.state === 'running' && host && host.starts !== container.namespaceStart) {
      found.push(`${container.name} lives in a namespace that is gone`)
    }
    for (const [key, network] of Object.entries(model.networks ?? {})) {
      const service = container.labels.service ?? ''
      const end = container.networks.get(network.name ?? key)
      if (end && !end.aliases.includes(service)) found.push(`${container.name} does not answer to ${service}`)
    }
  }
  const wanted = Object.entries(model.services).reduce((sum, [, service]) => sum + (service.scale ?? 1), 0)
  if (engine.containers.size !== wanted) found.push(`${engine.containers.size} containers instead of ${wanted}`)
  return found
}
