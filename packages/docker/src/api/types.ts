/**
 * The part of the Engine API (1.41 to 1.56) that is used here, in the wire's own names. Fields an engine may leave out
 * are optional; `null` where Go sends it for an empty list or map.
 */
export type Labels = Readonly<Record<string, string>>

/** Objects of which the attribute table decides what is read: known only as JSON. */
export type Json = Readonly<Record<string, unknown>>

export interface EndpointSettings {
  readonly NetworkID?: string
  readonly EndpointID?: string
  readonly IPAddress?: string
  readonly GlobalIPv6Address?: string
  readonly MacAddress?: string
  readonly Aliases?: readonly string[] | null
  readonly Links?: readonly string[] | null
  readonly DriverOpts?: Labels | null
  readonly GwPriority?: number
  readonly IPAMConfig?: {
    readonly IPv4Address?: string
    readonly IPv6Address?: string
    readonly LinkLocalIPs?: readonly string[]
  } | null
}

export interface ContainerSummary {
  readonly Id: string
  readonly Names: readonly string[]
  readonly Image: string
  readonly ImageID: string
  readonly Command: string
  /** Seconds since 1970. */
  readonly Created: number
  readonly State: ContainerStatus
  /** For people: `Up 3 minutes (healthy)`. */
  readonly Status: string
  readonly Labels: Labels | null
  readonly Ports:
    | readonly {
        readonly IP?: string
        readonly PrivatePort: number
        readonly PublicPort?: number
        readonly Type: string
      }[]
    | null
  readonly Mounts:
    | readonly {
        readonly Type: string
        readonly Name?: string
        readonly Source: string
        readonly Destination: string
        readonly RW: boolean
      }[]
    | null
  readonly NetworkSettings?: { readonly Networks: Readonly<Record<string, EndpointSettings>> | null }
  readonly HostConfig?: { readonly NetworkMode?: string }
}

type ContainerStatus = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'

interface ContainerState {
  readonly Status: ContainerStatus
  readonly Running: boolean
  readonly Paused: boolean
  readonly Restarting: boolean
  readonly OOMKilled: boolean
  readonly Dead: boolean
  readonly Pid: number
  readonly ExitCode: number
  readonly Error: string
  /** RFC 3339; `0001-01-01T00:00:00Z` for never. */
  readonly StartedAt: string
  readonly FinishedAt: string
  readonly Health?: {
    readonly Status: 'none' | 'starting' | 'healthy' | 'unhealthy'
    readonly FailingStreak: number
    readonly Log:
      | readonly {
          readonly Start: string
          readonly End: string
          readonly ExitCode: number
          readonly Output: string
        }[]
      | null
  }
}

export interface ContainerInspect {
  readonly Id: string
  /** With a leading slash. */
  readonly Name: string
  readonly Created: string
  readonly Path: string
  readonly Args: readonly string[]
  readonly State: ContainerState
  /** Id of the image. */
  readonly Image: string
  readonly RestartCount: number
  readonly Platform?: string
  readonly Config: Json & {
    /** Name of the image as asked for. */
    readonly Image: string
    readonly Labels: Labels | null
    readonly Tty: boolean
    readonly OpenStdin?: boolean
  }
  readonly HostConfig: Json & { readonly NetworkMode?: string }
  readonly Mounts: readonly {
    readonly Type: string
    readonly Name?: string
    readonly Source: string
    readonly Destination: string
    readonly Driver?: string
    readonly Mode: string
    readonly RW: boolean
    readonly Propagation: string
  }[]
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, EndpointSettings>> | null
    readonly Ports?: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>>
  }
}

/** Body of a container creation. */
export type ContainerCreate = Json & {
  readonly Image: string
  readonly Labels?: Labels
  readonly HostConfig?: Json
  readonly NetworkingConfig?: { readonly EndpointsConfig: Readonly<Record<string, EndpointSettings>> }
}

export interface Created {
  readonly Id: string
  readonly Warnings?: readonly string[] | null
}

export interface NetworkInspect {
  readonly Id: string
  readonly Name: string
  readonly Created: string
  readonly Scope: string
  readonly Driver: string
  readonly EnableIPv4?: boolean
  readonly EnableIPv6: boolean
  readonly Internal: boolean
  readonly Attachable: boolean
  readonly Ingress?: boolean
  readonly IPAM: {
    readonly Driver?: string
    readonly Options?: Labels | null
    readonly Config?:
      | readonly {
          readonly Subnet?: string
          readonly IPRange?: string
          readonly Gateway?: string
          readonly AuxiliaryAddresses?: Labels | null
        }[]
      | null
  }
  readonly Options: Labels | null
  readonly Labels: Labels | null
  /** By container id; only in an inspect, not in a list. */
  readonly Containers?: Readonly<Record<string, { readonly Name: string; readonly EndpointID: string }>> | null
}

export type NetworkCreate = Json & { readonly Name: string; readonly Labels?: Labels }

export interface VolumeInspect {
  readonly Name: string
  readonly Driver: string
  readonly Mountpoint: string
  readonly CreatedAt?: string
  readonly Labels: Labels | null
  readonly Options: Labels | null
  readonly Scope: string
}

export interface VolumeCreate {
  readonly Name: string
  readonly Driver?: string
  readonly DriverOpts?: Labels
  readonly Labels?: Labels
}

export interface ImageInspect {
  readonly Id: string
  readonly RepoTags: readonly string[] | null
  readonly RepoDigests: readonly string[] | null
  readonly Created?: string
  readonly Size: number
  readonly Os: string
  readonly Architecture: string
  readonly Variant?: string
  readonly Config?: Json & {
    readonly Labels?: Labels | null
    readonly Env?: readonly string[] | null
    readonly Cmd?: readonly string[] | null
    readonly Entrypoint?: readonly string[] | null
    readonly User?: string
    readonly WorkingDir?: string
    readonly ExposedPorts?: Json | null
    readonly Volumes?: Json | null
    readonly StopSignal?: string
    readonly Healthcheck?: Json
  }
}

export interface EngineInfo {
  readonly ID: string
  readonly Name: string
  readonly ServerVersion: string
  readonly OperatingSystem: string
  readonly OSType: string
  readonly Architecture: string
  readonly NCPU: number
  readonly MemTotal: number
  readonly Driver: string
  readonly DockerRootDir: string
  readonly CgroupVersion?: string
  readonly Runtimes?: Json
  readonly Swarm?: { readonly LocalNodeState?: string }
  readonly Warnings?: readonly string[] | null
}

export interface EngineEvent {
  readonly Type: string
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Labels | null }
  /** Seconds since 1970. */
  readonly time: number
  readonly timeNano: number
}

export interface ExecInspect {
  readonly ID: string
  readonly Running: boolean
  readonly ExitCode: number | null
  readonly Pid: number
}

/** `{ label: ['a=b'] }`: values of one key are alternatives but for labels, which must all match. */
export type Filters = Readonly<Record<string, readonly string[]>>
