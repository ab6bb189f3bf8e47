/** What was seen of one project on a container host. A snapshot: the planner asks for nothing beyond it. */
export interface Observed {
  readonly project: string
  /** When it was seen, RFC 3339; the age of an image (`pull_policy: daily`) is counted from here. */
  readonly at: string
  /** Every container that carries the project's label, one-off and foreign ones included, in any state. */
  readonly containers: readonly ObservedContainer[]
  /** Networks with the project's label, and those the model names that exist without it (external, foreign). */
  readonly networks: readonly ObservedNetwork[]
  /** Volumes with the project's label, and those the model names that exist without it. */
  readonly volumes: readonly ObservedVolume[]
  /** Local images by the reference the model uses (`imageReference`). A reference that is not here is not local. */
  readonly images: Readonly<Record<string, ObservedImage>>
}

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'
export type HealthState = 'none' | 'starting' | 'healthy' | 'unhealthy'

export interface ObservedContainer {
  readonly id: string
  /** Without the leading slash of the Engine API. */
  readonly name: string
  /** Label `com.docker.compose.service`. */
  readonly service: string
  /** Label `com.docker.compose.container-number`; 0 when absent or not a number. */
  readonly number: number
  /** Made by `compose run`: never planned, only removed by a destroy that asks for orphans. */
  readonly oneoff: boolean
  /** Runs a `pre_start` hook: not an instance of the service. */
  readonly hook?: boolean
  readonly state: ContainerState
  readonly health: HealthState
  /** Meaningful when the state is `exited` or `dead`. */
  readonly exitCode?: number
  /** RFC 3339, or anything that sorts by time. */
  readonly createdAt: string
  /** Label `com.docker.compose.config-hash`. */
  readonly configHash?: string
  /** Label `com.docker.compose.image`: the local image id it was made from, as the tool that made it saw it. */
  readonly imageLabel?: string
  /** The image id the engine says it runs. */
  readonly imageId?: string
  /** Label `com.docker.compose.version`. */
  readonly composeVersion?: string
  /** Label `com.docker.compose.depends_on`, as written (`db:service_healthy:false,cache:service_started:true`). */
  readonly dependsOn?: string
  /** Label `com.docker.compose.replace`. */
  readonly replaces?: string
  readonly windflow?: { readonly deployment?: string; readonly release?: number; readonly operation?: string }
  /** By the network's name on the engine. */
  readonly networks: Readonly<Record<string, ObservedEndpoint>>
  readonly mounts: readonly ObservedMount[]
  /** Ports of the host it holds while it runs, or would hold when started (when inspected). */
  readonly ports: readonly ObservedPort[]
  /** Values of the comparable attributes, by the names the driver's `expect` uses. Only when inspected. */
  readonly attributes?: Readonly<Record<string, unknown>>
}

export interface ObservedEndpoint {
  readonly networkId: string
  /** Only when the container was inspected; absent means not known, and is taken to be as it should. */
  readonly aliases?: readonly string[]
  readonly address?: string
}

export interface ObservedMount {
  readonly type: string
  /** Volume name, or path of a bind. */
  readonly source?: string
  readonly target: string
  readonly readOnly: boolean
}

export interface ObservedPort {
  readonly hostIp: string
  readonly port: number
  readonly protocol: string
}

export interface ObservedNetwork {
  readonly id: string
  readonly name: string
  /** Label `com.docker.compose.network`: the key in the model. */
  readonly key?: string
  readonly configHash?: string
  /** Label `com.docker.compose.version`. */
  readonly composeVersion?: string
  /** Without this project's label: used as it is, never changed or removed. */
  readonly foreign: boolean
  /** Only when inspected, which a hash other than the desired one is a reason for. */
  readonly attributes?: Readonly<Record<string, unknown>>
}

export interface ObservedVolume {
  readonly name: string
  /** Label `com.docker.compose.volume`: the key in the model. */
  readonly key?: string
  readonly configHash?: string
  readonly composeVersion?: string
  readonly foreign: boolean
  readonly attributes?: Readonly<Record<string, unknown>>
}

export interface ObservedImage {
  /** Local image id (what a container reports as its image). */
  readonly id: string
  readonly digests: readonly string[]
  /** When it was last pulled or tagged, RFC 3339, where the engine says. */
  readonly taggedAt?: string
}
