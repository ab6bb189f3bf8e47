import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import type { Project, Service } from '@windflow/compose'
import { namespaceServices } from '../../src/containers/graph.ts'
import { planContainers } from '../../src/containers/planner.ts'
import {
  asContainerStep,
  type ContainerVerbs,
  type Desired,
  type DestroyRequest,
  type Driver,
  decideGate,
  EngineError,
  type Expectations,
  GateFailedError,
  type GateSample,
  imageReferences,
  type LifecycleOptions,
  type Lock,
  LockedError,
  needsInspection,
  type Observed,
  type ObservedContainer,
  type Plan,
  type PlanOptions,
  planDestroyContainers,
  planLifecycleContainers,
  planRestoreContainers,
  referencedServices,
  type Step,
  type StepContext,
  volumeName,
  wantedPorts,
} from '../../src/index.ts'
import { type FakeContainer, type FakeEngine, FakeEngineError } from './engine.ts'

/** What Compose writes as a label is here its own short name. */
const PROJECT = 'project'

export function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

export function serviceHash(model: Project, name: string, references: Readonly<Record<string, string>> = {}): string {
  const { scale: _scale, depends_on: _depends, deploy: _deploy, ...rest } = model.services[name] ?? {}
  return digest({ ...rest, references })
}

/** How containers of the in-memory engine look, and how they are hashed. */
export const expectations: Expectations = {
  service: (model, service, resolve) => attributes(model, service, resolve),
  hash: (model, service, resolve) => {
    const definition = model.services[service]
    const references = definition ? referencedServices(definition) : []
    return serviceHash(model, service, Object.fromEntries(references.map((other) => [other, resolve(other) ?? ''])))
  },
}

function attributes(model: Project, name: string, resolve: (service: string) => string | undefined) {
  const service = model.services[name]
  const mode = service?.network_mode
  return {
    environment: service?.environment ?? {},
    network_mode: mode?.startsWith('service:') ? `container:${resolve(mode.slice(8))}` : (mode ?? ''),
    ports: (service?.ports ?? []).map((port) => port.published ?? ''),
  }
}

/** The step in whose course a write happens, several being under way at once. */
export const currentStep = new AsyncLocalStorage<string>()

/** A whole driver in one folder: what the tests of the planner and of the executor run on. */
export class MemoryDriver implements Driver<Observed> {
  readonly kind = 'memory'
  readonly engine: FakeEngine
  /** Set to stand for a process that was killed: nothing it does reaches the engine any more. */
  dead = false
  readonly performed: string[] = []
  /** Aborted by a test to stand for somebody who took the lock over. */
  readonly lostLock = new AbortController()
  static readonly locks = new WeakMap<FakeEngine, Map<string, { owner: string; driver: MemoryDriver }>>()

  constructor(engine: FakeEngine) {
    this.engine = engine
  }

  async observe(desired: Desired): Promise<Observed> {
    await this.#alive()
    const { engine } = this
    const own = (labels: Readonly<Record<string, string>>): boolean => labels[PROJECT] === desired.project
    const listed = [...engine.containers.values()].filter((c) => own(c.labels)).map((c) => describe(c, false))
    const inspected = new Set(needsInspection(desired, listed).map((container) => container.id))
    return {
      project: desired.project,
      at: new Date(engine.now).toISOString(),
      containers: listed.map((c) => (inspected.has(c.id) ? describe(engine.find(c.id), true) : c)),
      networks: [...engine.networks.values()].map(({ id, name, labels }) => ({
        id,
        name,
        ...(labels.key !== undefined && { key: labels.key }),
        ...(labels.hash !== undefined && { configHash: labels.hash }),
        composeVersion: '5.6.0',
        foreign: !own(labels),
      })),
      volumes: [...engine.volumes.values()].map(({ name, labels }) => ({
        name,
        ...(labels.key !== undefined && { key: labels.key }),
        ...(labels.hash !== undefined && { configHash: labels.hash }),
        composeVersion: '5.6.0',
        foreign: !own(labels),
      })),
      images: Object.fromEntries(
        imageReferences(desired.model).flatMap((reference) => {
          const id = engine.images.get(reference)
          return id ? [[reference, { id, digests: [] }]] : []
        }),
      ),
    }
  }

  async plan(desired: Desired, observed: Observed, options: PlanOptions): Promise<Plan> {
    return planContainers(desired, observed, options, expectations)
  }

  async planRestore(before: Observed, now: Observed, previous: Desired | undefined): Promise<Plan> {
    return planRestoreContainers(before, now, previous, expectations)
  }

  async planLifecycle(desired: Desired, observed: Observed, options: LifecycleOptions): Promise<Plan> {
    return planLifecycleContainers(desired, observed, options)
  }

  async planDestroy(project: string, request: DestroyRequest): Promise<Plan> {
    const empty = { project, model: { name: project, services: {} } }
    const hashes = { services: {}, networks: {}, volumes: {} }
    const observed = await this.observe({ ...empty, hashes, deployment: '', release: 0, operation: '' })
    return planDestroyContainers(observed, request)
  }

  async lock(project: string, owner: { readonly description: string }): Promise<Lock> {
    await this.#alive()
    const locks = MemoryDriver.locks.get(this.engine) ?? new Map()
    MemoryDriver.locks.set(this.engine, locks)
    const held = locks.get(project)
    if (held && !held.driver.dead) throw new LockedError(project, held.owner)
    locks.set(project, { owner: owner.description, driver: this })
    return {
      lost: this.lostLock.signal,
      release: async () => {
        if (!this.dead) locks.delete(project)
      },
    }
  }

  async perform(generic: Step, context: StepContext): Promise<void> {
    await this.#alive()
    this.performed.push(generic.id)
    try {
      await currentStep.run(generic.id, () => this.#perform(generic, context))
    } catch (error) {
      if (!(error instanceof FakeEngineError)) throw error
      throw new EngineError(`engine-${error.status}`, error.message, { class: 'target', cause: error })
    }
  }

  async #perform(generic: Step, context: StepContext): Promise<void> {
    const step = asContainerStep(generic)
    const { engine } = this
    // Another step may have been the last of this process since this one began.
    if (this.dead) throw new Error('killed')
    switch (step.action) {
      case 'pull':
        return engine.pull(step.parameters.reference)
      case 'build':
        engine.images.set(step.parameters.reference, `built-${digest(step.parameters).slice(0, 8)}`)
        return
      case 'preflight':
        return this.#preflight(step.parameters)
      case 'create-network': {
        const { key, name } = step.parameters
        if (engine.network(name)) return
        const from = release(context, step.parameters.from)
        engine.createNetwork(name, { [PROJECT]: from.project, key, hash: from.hashes.networks[key] ?? '' })
        return
      }
      case 'remove-network':
        if (!engine.networks.has(step.parameters.id)) return
        try {
          engine.removeNetwork(step.parameters.id)
        } catch (error) {
          if (!step.parameters.optional) throw error
        }
        return
      case 'create-volume': {
        const { key, name } = step.parameters
        const from = release(context, step.parameters.from)
        engine.createVolume(name, { [PROJECT]: from.project, key, hash: from.hashes.volumes[key] ?? '' })
        return
      }
      case 'remove-volume':
        return engine.removeVolume(step.parameters.name)
      case 'create':
        return this.#create(step.parameters, context)
      case 'start':
        return engine.start(step.parameters.container)
      case 'unpause':
        return engine.pause(step.parameters.container, false)
      case 'pre-start':
        return
      case 'stop':
        if (!engine.has(step.parameters.container)) return
        return engine.stop(step.parameters.container)
      case 'rename': {
        const { container, from, to } = step.parameters
        if (engine.has(to) && !engine.has(container) && !engine.has(from)) return
        const found = engine.find(engine.has(container) ? container : from)
        if (found.name === to) return
        return engine.rename(found.id, to)
      }
      case 'remove':
        if (!engine.has(step.parameters.container)) return
        return engine.remove(step.parameters.container)
      case 'gate':
        return this.#gate(step.parameters, context)
      case 'publish':
      case 'withdraw':
      case 'connect': {
        const { container, network, aliases } = step.parameters
        await this.#leave(network, container)
        engine.connect(network, container, aliases)
        return
      }
      case 'disconnect':
        return this.#leave(step.parameters.network, step.parameters.container)
      case 'drain':
        engine.advance(step.parameters.milliseconds)
        return
      default:
        return step satisfies never
    }
  }

  async #leave(network: string, container: string): Promise<void> {
    if (this.engine.find(container).networks.has(network)) this.engine.disconnect(network, container)
    await this.#alive()
  }

  #preflight(wanted: ContainerVerbs['preflight']): void {
    for (const image of wanted.images) {
      if (!this.engine.images.has(image)) throw new EngineError('image-missing', `no image ${image}`, { class: 'user' })
    }
    for (const container of this.engine.containers.values()) {
      if (wanted.freed.includes(container.id)) continue
      const port = wanted.ports.find(({ from, to }) => container.ports.some((held) => held >= from && held <= to))
      if (port && container.state === 'running') {
        throw new EngineError('port-taken', `port ${port.from} is taken by ${container.name}`, { class: 'target' })
      }
      if (wanted.names.includes(container.name)) {
        throw new EngineError('name-taken', `name ${container.name} is taken`, { class: 'target' })
      }
    }
  }

  #create(wanted: ContainerVerbs['create'], context: StepContext): void {
    const { engine } = this
    const from = release(context, wanted.from)
    if (engine.has(wanted.name)) {
      const { labels } = engine.find(wanted.name)
      if (labels.operation === context.desired.operation && labels.service === wanted.service) return
    }
    const service = from.model.services[wanted.service]
    const ids = Object.fromEntries(Object.entries(wanted.references).map(([name, ref]) => [name, engine.find(ref).id]))
    const mode = service?.network_mode
    engine.create({
      name: wanted.name,
      image: service?.image ?? '',
      labels: {
        [PROJECT]: from.project,
        service: wanted.service,
        number: String(wanted.number),
        hash: serviceHash(from.model, wanted.service, ids),
        operation: context.desired.operation,
        release: String(from.release),
        depends_on: dependsOnLabel(service),
      },
      mounts: (service?.volumes ?? []).map((mount) => ({
        type: mount.type ?? 'volume',
        source: mount.type === 'volume' ? volumeName(from.model, mount.source ?? '') : (mount.source ?? ''),
        target: mount.target ?? '',
        readOnly: mount.read_only ?? false,
      })),
      ports: wantedPorts(from.model, wanted.service).map((port) => port.from),
      namespace: mode?.startsWith('service:') ? ids[mode.slice(8)] : undefined,
      networks: Object.fromEntries(
        Object.entries(wanted.aliases).map(([key, aliases]) => [from.model.networks?.[key]?.name ?? key, aliases]),
      ),
      attributes: attributes(from.model, wanted.service, (other) => ids[other]),
    })
  }

  async #gate({ container, spec, optional }: ContainerVerbs['gate'], context: StepContext): Promise<void> {
    const look = (): GateSample => {
      if (!this.engine.has(container)) {
        return { at: this.engine.now, state: 'gone', health: 'none', restartCount: 0 }
      }
      const { state, health, exitCode, startedAt, restartCount } = this.engine.find(container)
      return { at: this.engine.now, state, health, exitCode, startedAt, restartCount }
    }
    const first = look()
    for (;;) {
      const decision = decideGate(spec, first, look())
      if (decision.status === 'passed') return
      if (decision.status === 'failed') {
        if (optional) return context.report({ message: decision.reason })
        throw new GateFailedError(decision.code, decision.reason, {})
      }
      context.signal.throwIfAborted()
      await this.#alive()
      this.engine.advance(Math.max(1, decision.waitMs))
    }
  }

  /** Every call is a chance for others to run, and the end of the road for a killed process. */
  async #alive(): Promise<void> {
    await Promise.resolve()
    if (this.dead) throw new Error('killed')
  }

  logs(): never {
    throw new TypeError('the in-memory engine has no logs')
  }
  exec(): never {
    throw new TypeError('the in-memory engine runs no programs')
  }
  stats(): never {
    throw new TypeError('the in-memory engine measures nothing')
  }
  events(): never {
    throw new TypeError('the in-memory engine tells nothing')
  }
  async close(): Promise<void> {}
}

/** As Compose writes it: `db:service_healthy:true`; a shared namespace counts as a wish to be restarted. */
function dependsOnLabel(service: Service | undefined): string {
  const implied = (service ? namespaceServices(service) : []).map((name) => [name, 'service_started', true] as const)
  const declared = Object.entries(service?.depends_on ?? {}).map(
    ([name, need]) => [name, need.condition ?? 'service_started', need.restart ?? false] as const,
  )
  const all = new Map([...declared, ...implied].map((entry) => [entry[0], entry]))
  return [...all.values()].map((entry) => entry.join(':')).join(',')
}

function release(context: StepContext, from: 'desired' | 'previous'): Desired {
  const chosen = from === 'desired' ? context.desired : context.previous
  if (!chosen) throw new TypeError('no previous release to make it from')
  return chosen
}

function describe(container: FakeContainer, inspected: boolean): ObservedContainer {
  const { labels } = container
  return {
    id: container.id,
    name: container.name,
    service: labels.service ?? '',
    number: Number(labels.number ?? 0),
    oneoff: labels.oneoff === 'true',
    state: container.state,
    health: container.health,
    exitCode: container.exitCode,
    createdAt: container.createdAt,
    ...(labels.hash !== undefined && { configHash: labels.hash }),
    imageLabel: container.imageId,
    imageId: container.imageId,
    composeVersion: labels.version ?? '5.6.0',
    ...(labels.depends_on !== undefined && { dependsOn: labels.depends_on }),
    ...(labels.operation !== undefined && { windflow: { operation: labels.operation } }),
    networks: Object.fromEntries(
      [...container.networks].map(([name, end]) => [
        name,
        { networkId: end.networkId, ...(inspected && { aliases: end.aliases, address: end.address }) },
      ]),
    ),
    mounts: container.mounts,
    ports:
      container.state === 'running' || inspected
        ? container.ports.map((port) => ({ hostIp: '0.0.0.0', port, protocol: 'tcp' }))
        : [],
    ...(inspected && { attributes: container.attributes }),
  }
}
