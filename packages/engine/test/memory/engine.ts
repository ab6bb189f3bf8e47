import type { ContainerState, HealthState } from '../../src/index.ts'

export interface FakeContainer {
  readonly id: string
  name: string
  readonly labels: Readonly<Record<string, string>>
  readonly imageId: string
  readonly image: string
  state: ContainerState
  health: HealthState
  exitCode: number
  startedAt: number
  restartCount: number
  readonly createdAt: string
  readonly networks: Map<string, { networkId: string; aliases: string[]; address: string }>
  readonly mounts: readonly { type: string; source: string; target: string; readOnly: boolean }[]
  readonly ports: readonly number[]
  /** How often it was started. */
  starts: number
  /** Id of the container whose network namespace it lives in, and which of its starts made that namespace. */
  readonly namespace: string | undefined
  namespaceStart: number
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface FakeNetwork {
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

export interface FakeVolume {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** What was written to it: gone when it is deleted. */
  readonly data: string
}

export class FakeEngineError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export type ContainerSpec = Pick<
  FakeContainer,
  'name' | 'labels' | 'image' | 'mounts' | 'ports' | 'namespace' | 'attributes'
> & {
  readonly networks: Readonly<Record<string, readonly string[]>>
}

/**
 * Behaves as a container engine does where it matters for a plan: names are unique, host ports exclusive among what
 * runs, a network in use cannot be removed, a container does not start on a network that is gone. What an image does
 * is in its name: `crash`, `sick`, `slow` (healthy after 5 s), `job` (ends with 0), `badjob` (ends with 1).
 */
export class FakeEngine {
  readonly containers = new Map<string, FakeContainer>()
  readonly networks = new Map<string, FakeNetwork>()
  readonly volumes = new Map<string, FakeVolume>()
  readonly images = new Map<string, string>()
  /** What a registry would serve. */
  readonly registry = new Map<string, string>()
  /** Called before and after each write. */
  onWrite: (moment: 'before' | 'after', what: string) => void = () => undefined
  writes = 0
  now = 1_000_000
  #ids = 0

  find(ref: string): FakeContainer {
    const found = this.containers.get(ref) ?? [...this.containers.values()].find((container) => container.name === ref)
    if (!found) throw new FakeEngineError(404, `No such container: ${ref}`)
    return found
  }

  has(ref: string): boolean {
    return this.containers.has(ref) || [...this.containers.values()].some((container) => container.name === ref)
  }

  network(name: string): FakeNetwork | undefined {
    return [...this.networks.values()].find((network) => network.name === name)
  }

  /** Containers a client that resolves `alias` on the network would reach. */
  resolve(network: string, alias: string): FakeContainer[] {
    return [...this.containers.values()].filter(
      (container) => container.state === 'running' && container.networks.get(network)?.aliases.includes(alias),
    )
  }

  create(spec: ContainerSpec): FakeContainer {
    return this.#write(`create ${spec.name}`, () => {
      if (this.has(spec.name)) throw new FakeEngineError(409, `The container name "${spec.name}" is already in use`)
      const imageId = this.images.get(spec.image)
      if (!imageId) throw new FakeEngineError(404, `No such image: ${spec.image}`)
      if (spec.namespace !== undefined) this.find(spec.namespace)
      const container: FakeContainer = {
        id: this.#id('c'),
        name: spec.name,
        labels: spec.labels,
        image: spec.image,
        imageId,
        state: 'created',
        health: 'none',
        exitCode: 0,
        startedAt: 0,
        restartCount: 0,
        createdAt: new Date(this.now++).toISOString(),
        networks: new Map(),
        mounts: spec.mounts,
        ports: spec.ports,
        namespace: spec.namespace,
        starts: 0,
        namespaceStart: 0,
        attributes: spec.attributes,
      }
      for (const [name, aliases] of Object.entries(spec.networks)) this.#join(container, name, aliases)
      this.containers.set(container.id, container)
      return container
    })
  }

  start(ref: string): void {
    this.#write(`start ${ref}`, () => {
      const container = this.find(ref)
      if (container.state === 'running') return
      if (container.state === 'paused') throw new FakeEngineError(409, 'cannot start a paused container')
      for (const [name, endpoint] of container.networks) {
        if (!this.networks.has(endpoint.networkId)) throw new FakeEngineError(404, `network ${name} not found`)
      }
      if (container.namespace !== undefined && this.find(container.namespace).state !== 'running') {
        throw new FakeEngineError(409, 'cannot join the network of a container that does not run')
      }
      for (const other of this.containers.values()) {
        if (other === container || (other.state !== 'running' && other.state !== 'paused')) continue
        const taken = other.ports.find((port) => container.ports.includes(port))
        if (taken !== undefined) throw new FakeEngineError(500, `port ${taken} is already allocated`)
      }
      container.startedAt = this.now
      container.starts++
      if (container.namespace !== undefined) container.namespaceStart = this.find(container.namespace).starts
      container.state = 'running'
      const behaviour = container.image.split(':')[0]
      if (behaviour === 'crash' || behaviour === 'badjob') this.#exit(container, 1)
      else if (behaviour === 'job') this.#exit(container, 0)
      else if (behaviour === 'sick') container.health = 'unhealthy'
      else if (behaviour === 'slow') container.health = 'starting'
    })
  }

  stop(ref: string): void {
    this.#write(`stop ${ref}`, () => {
      const container = this.find(ref)
      if (container.state === 'running' || container.state === 'restarting' || container.state === 'paused') {
        this.#exit(container, 143)
      }
    })
  }

  pause(ref: string, paused: boolean): void {
    this.#write(`pause ${ref}`, () => {
      this.find(ref).state = paused ? 'paused' : 'running'
    })
  }

  rename(ref: string, name: string): void {
    this.#write(`rename ${ref} ${name}`, () => {
      const container = this.find(ref)
      if (this.has(name) && this.find(name) !== container) throw new FakeEngineError(409, `name "${name}" is in use`)
      container.name = name
    })
  }

  remove(ref: string): void {
    this.#write(`remove ${ref}`, () => {
      this.containers.delete(this.find(ref).id)
    })
  }

  connect(network: string, ref: string, aliases: readonly string[]): void {
    this.#write(`connect ${network} ${ref}`, () => {
      const container = this.find(ref)
      const current = container.networks.get(network)
      if (current && this.networks.has(current.networkId)) throw new FakeEngineError(403, 'already connected')
      this.#join(container, network, aliases)
    })
  }

  disconnect(network: string, ref: string): void {
    this.#write(`disconnect ${network} ${ref}`, () => {
      if (!this.find(ref).networks.delete(network)) throw new FakeEngineError(500, 'is not connected')
    })
  }

  createNetwork(name: string, labels: Readonly<Record<string, string>>): FakeNetwork {
    return this.#write(`create-network ${name}`, () => {
      if (this.network(name)) throw new FakeEngineError(409, `network ${name} exists`)
      const network = { id: this.#id('n'), name, labels }
      this.networks.set(network.id, network)
      return network
    })
  }

  removeNetwork(id: string): void {
    this.#write(`remove-network ${id}`, () => {
      const used = [...this.containers.values()].some(
        (container) =>
          container.state === 'running' && [...container.networks.values()].some((end) => end.networkId === id),
      )
      if (used) throw new FakeEngineError(403, 'network has active endpoints')
      if (!this.networks.delete(id)) throw new FakeEngineError(404, 'no such network')
    })
  }

  createVolume(name: string, labels: Readonly<Record<string, string>>): void {
    this.#write(`create-volume ${name}`, () => {
      if (!this.volumes.has(name)) this.volumes.set(name, { name, labels, data: this.#id('data') })
    })
  }

  removeVolume(name: string): void {
    this.#write(`remove-volume ${name}`, () => {
      const used = [...this.containers.values()].some((container) => container.mounts.some((m) => m.source === name))
      if (used) throw new FakeEngineError(409, 'volume is in use')
      this.volumes.delete(name)
    })
  }

  pull(reference: string): void {
    this.#write(`pull ${reference}`, () => {
      const id = this.registry.get(reference)
      if (!id) throw new FakeEngineError(404, `manifest for ${reference} not found`)
      this.images.set(reference, id)
    })
  }

  /** Lets virtual time pass. */
  advance(milliseconds: number): void {
    this.now += milliseconds
    for (const container of this.containers.values()) {
      if (container.health === 'starting' && this.now - container.startedAt >= 5000) container.health = 'healthy'
    }
  }

  #join(container: FakeContainer, name: string, aliases: readonly string[]): void {
    const network = this.network(name)
    if (!network) throw new FakeEngineError(404, `network ${name} not found`)
    const used = [...this.containers.values()].flatMap((other) => {
      const end = other.networks.get(name)
      return other.state === 'running' && end ? [end.address] : []
    })
    let host = 2
    while (used.includes(`10.0.0.${host}`)) host++
    container.networks.set(name, { networkId: network.id, aliases: [...aliases], address: `10.0.0.${host}` })
  }

  #exit(container: FakeContainer, code: number): void {
    container.state = 'exited'
    container.health = 'none'
    container.exitCode = code
  }

  #id(kind: string): string {
    return `${kind}${String(++this.#ids).padStart(12, '0')}`
  }

  #write<T>(what: string, work: () => T): T {
    this.onWrite('before', what)
    this.writes++
    const result = work()
    this.onWrite('after', what)
    return result
  }
}
