import type { GateSpec } from '../gate/spec.ts'
import type { Step } from '../plan.ts'

/**
 * The verbs of container hosts. A container is named by `container`: the engine's id of one that was observed, or the
 * name that one made by this plan has by then. Every verb can be repeated: what is already so is left as it is.
 */
export type ContainerVerbs = {
  // prepare
  /** Fetch an image. */
  pull: {
    readonly reference: string
    readonly platform?: string
    readonly services: readonly string[]
    /** `pull_policy: missing|if_not_present` beside a build section: a failure is no failure, the build follows. */
    readonly optional: boolean
  }
  /** Build the service's image and tag it `reference`. */
  build: {
    readonly service: string
    readonly reference: string
    /** Fetch the images it is made from again. */
    readonly pull: boolean
    /** Nothing to do when the image came by a pull. */
    readonly ifMissing: boolean
  }
  /** Look, without writing, for what would make the change fail: ports and names held by others, space. */
  preflight: {
    readonly ports: readonly (WantedPort & { readonly service: string })[]
    /** Container names the change will use. */
    readonly names: readonly string[]
    /** Containers whose names and ports the change frees before it needs them. */
    readonly freed: readonly string[]
    /** Images that must be local by now. */
    readonly images: readonly string[]
  }

  // change
  'create-network': { readonly key: string; readonly name: string; readonly from: 'desired' | 'previous' }
  /** `optional`: leave it, with a message, when something else still uses it. */
  'remove-network': { readonly key: string; readonly name: string; readonly id: string; readonly optional: boolean }
  'create-volume': { readonly key: string; readonly name: string; readonly from: 'desired' | 'previous' }
  'remove-volume': { readonly key: string; readonly name: string }
  create: CreateParameters
  /** Writes the files of configs and secrets that are copied in, starts it, runs `post_start`. */
  start: ContainerTarget & { readonly postStart: boolean }
  unpause: ContainerTarget
  /** Runs one `pre_start` hook to its end in a container of its own, before `container` starts. */
  'pre-start': ContainerTarget & { readonly index: number }
  /** Runs `pre_stop`, then stops. Without `timeoutSeconds` the container's own grace period holds. */
  stop: ContainerTarget & { readonly timeoutSeconds?: number; readonly preStop: boolean }
  /** `container` is its id or `from`. Already called `to` is done. */
  rename: ContainerTarget & { readonly from: string; readonly to: string }
  /** Removes it by force; gone already is done. `volumes`: its anonymous volumes too. */
  remove: ContainerTarget & { readonly name: string; readonly volumes: boolean }
  /** Waits for `decideGate` to say passed. With `optional`, a failure is a message and the plan goes on. */
  gate: ContainerTarget & { readonly spec: GateSpec; readonly optional: boolean }
  /** Leaves the network and joins it again with `aliases`: it now answers to the service's name. */
  publish: ContainerTarget & EndpointParameters
  /** Leaves the network and joins it again with `aliases`, which lack the service's names: it keeps its address. */
  withdraw: ContainerTarget & EndpointParameters
  connect: ContainerTarget & EndpointParameters
  disconnect: ContainerTarget & { readonly network: string; readonly key: string }

  // commit
  /** Waits while connections in flight end. */
  drain: ContainerTarget & { readonly milliseconds: number }
}

export type ContainerVerb = keyof ContainerVerbs

export type ContainerTarget = {
  readonly container: string
  readonly service: string
  readonly number: number
}

export type WantedPort = {
  /** Empty for all addresses. */
  readonly hostIp: string
  /** First and last of the range it may be taken from. */
  readonly from: number
  readonly to: number
  readonly protocol: string
}

export type EndpointParameters = {
  /** Name on the engine, and key in the model. */
  readonly network: string
  readonly key: string
  /** All of the aliases it has afterwards. */
  readonly aliases: readonly string[]
}

export type CreateParameters = {
  readonly service: string
  readonly number: number
  /** Its name now. */
  readonly name: string
  /** Its name in the end (for the alias and labels that carry it). */
  readonly finalName: string
  /** Aliases per network key. Networks it does not list are not joined. */
  readonly aliases: Readonly<Record<string, readonly string[]>>
  /** Container whose anonymous volumes it takes over, as `docker compose up` does without `-V`. */
  readonly inherit?: string
  /** The container it takes the place of: label `com.docker.compose.replace`. */
  readonly replaces?: string
  /** Containers that `network_mode|ipc|pid: service:x`, `volumes_from` and `links` point to, by service. */
  readonly references: Readonly<Record<string, string>>
  /** Which model it is made from: the desired one, or, when a state is restored, the previous one. */
  readonly from: 'desired' | 'previous'
}

export type VerbStep<V extends ContainerVerb> = Omit<Step, 'action' | 'parameters'> & {
  readonly action: V
  readonly parameters: ContainerVerbs[V]
}

/** A Step as container drivers read it: `switch (step.action)` narrows the parameters. */
export type ContainerStep = { [V in ContainerVerb]: VerbStep<V> }[ContainerVerb]

/** Verb → whether it writes to the engine. The list of verbs, in the order of a plan. */
export const CONTAINER_VERBS: Readonly<Record<ContainerVerb, { readonly writes: boolean }>> = {
  pull: { writes: true },
  build: { writes: true },
  preflight: { writes: false },
  'create-network': { writes: true },
  'remove-network': { writes: true },
  'create-volume': { writes: true },
  'remove-volume': { writes: true },
  create: { writes: true },
  'pre-start': { writes: true },
  start: { writes: true },
  unpause: { writes: true },
  stop: { writes: true },
  rename: { writes: true },
  remove: { writes: true },
  gate: { writes: false },
  publish: { writes: true },
  withdraw: { writes: true },
  connect: { writes: true },
  disconnect: { writes: true },
  drain: { writes: false },
}

/** The edge where a stored or generic Step becomes a typed one; throws a TypeError for a verb nobody knows. */
export function asContainerStep(step: Step): ContainerStep {
  if (!Object.hasOwn(CONTAINER_VERBS, step.action))
    throw new TypeError(`step ${step.id}: unknown verb "${step.action}"`)
  return step as ContainerStep
}
