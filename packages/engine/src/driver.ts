import type { Project } from '@windflow/compose'
import type { Plan, Step } from './plan.ts'

/** What should run: one release of a deployment, resolved. */
export interface Desired {
  readonly project: string
  /** Canonical model after interpolation, with the profile and scale choices of this operation already in it. */
  readonly model: Project
  /** As Compose 5.6 writes them, by name in the model. */
  readonly hashes: {
    readonly services: Readonly<Record<string, string>>
    readonly networks: Readonly<Record<string, string>>
    readonly volumes: Readonly<Record<string, string>>
  }
  readonly deployment: string
  readonly release: number
  readonly operation: string
  /** Where the model came from, for the `com.docker.compose.project.*` labels: absolute paths. */
  readonly source?: {
    readonly workingDirectory: string
    readonly configFiles: readonly string[]
    readonly environmentFiles: readonly string[]
  }
  /** Variables that `configs.*.environment` and `secrets.*.environment` name. Never stored, shown or put in a plan. */
  readonly environment?: Readonly<Record<string, string>>
}

export interface PlanOptions {
  /** Only these services and what they depend on; absent means all. */
  readonly services?: readonly string[]
  readonly removeOrphans?: boolean
  readonly forceRecreate?: boolean
  readonly pull?: 'always' | 'missing' | 'never' | 'policy'
  /** `true`: build again; `false`: never build, whatever the policy; absent: as the policy says. */
  readonly build?: boolean
  /** `false` skips health gates: `started` is good enough. Conditions of `depends_on` are still waited for. */
  readonly gate?: boolean
  /** Overrides the time a gate may take. */
  readonly gateTimeoutMs?: number
  /** Only the named services, without what they depend on. */
  readonly noDeps?: boolean
  /** Leave containers that exist as they are, whatever they were made from. */
  readonly noRecreate?: boolean
  /** Give replaced containers new anonymous volumes. */
  readonly renewAnonymousVolumes?: boolean
  /** Overrides the grace period of what is stopped. */
  readonly stopTimeoutSeconds?: number
}

export interface DestroyRequest {
  /** Named volumes of the project, and anonymous ones of its containers, are deleted only when asked for. */
  readonly volumes: boolean
  /** What belongs to the project and is not in `services`, and one-off runs, too. */
  readonly removeOrphans: boolean
  /** Services of the model, when it is known; absent: everything seen belongs to the project. */
  readonly services?: readonly string[]
  /** Names on the target of networks and volumes the model calls external: they stay, whatever their labels say. */
  readonly external?: readonly string[]
  readonly stopTimeoutSeconds?: number
}

export interface LifecycleOptions {
  readonly action: 'stop' | 'start' | 'restart'
  /** Absent means all. `start` and `stop` keep to the order of `depends_on`. */
  readonly services?: readonly string[]
  readonly stopTimeoutSeconds?: number
  /** `false`: do not wait until what was started is ready. */
  readonly gate?: boolean
  readonly gateTimeoutMs?: number
}

export interface StepContext {
  readonly desired: Desired
  /** What ran before, when it is known: a step made from it says so (`from: 'previous'`). */
  readonly previous?: Desired
  readonly plan: Plan
  readonly signal: AbortSignal
  /** Progress in words or numbers; the executor adds step and time. Values are redacted by the receiver before storage. */
  report(progress: StepProgress): void
}

export interface StepProgress {
  readonly message?: string
  /** A line of the container or builder, when the step shows one. */
  readonly line?: string
  readonly current?: number
  readonly total?: number
}

/**
 * Code for one target kind. A driver is one folder; `observed` is its own type `O`, opaque to the executor.
 * All methods reject with a `TargetError` (or a subclass of `EngineError`) and stop at `signal`.
 */
export interface Driver<O = unknown> {
  readonly kind: string
  observe(desired: Desired, signal: AbortSignal): Promise<O>
  /** Container hosts: a pure function of its arguments. Clusters: may ask the target for a dry run. */
  plan(desired: Desired, observed: O, options: PlanOptions, signal: AbortSignal): Promise<Plan>
  /** The plan that leads from `now` back to `before` (the state an operation started from): keeps the very same
   * objects where they still exist, makes them again from `previous` where they do not. */
  planRestore(before: O, now: O, previous: Desired | undefined, signal: AbortSignal): Promise<Plan>
  /** Stop, start or restart what is there, without making or changing anything. */
  planLifecycle(desired: Desired, observed: O, options: LifecycleOptions, signal: AbortSignal): Promise<Plan>
  /** What it takes to remove the whole project. Volumes only when asked. */
  planDestroy(project: string, options: DestroyRequest, signal: AbortSignal): Promise<Plan>
  /** Does one step. Repeating a step that was done, or was cut off in the middle, must end in the same state. */
  perform(step: Step, context: StepContext): Promise<void>
  /** One lock per engine and project, whoever asks. Waits up to `waitMs`, then rejects with `LockedError` naming the owner. */
  lock(project: string, owner: LockOwner, waitMs: number, signal: AbortSignal): Promise<Lock>
  logs(project: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine>
  exec(project: string, service: string, options: ExecOptions, signal: AbortSignal): Promise<ExecSession>
  stats(project: string, signal: AbortSignal): AsyncIterable<StatsSample>
  events(project: string, signal: AbortSignal): AsyncIterable<TargetEvent>
  close(): Promise<void>
}

export interface LockOwner {
  /** For people: `windflow compose up (pid 812 on host)`. */
  readonly description: string
}

export interface Lock {
  /** Aborts when the lock is lost (its owner was taken for dead). */
  readonly lost: AbortSignal
  /** Asked before each write. Makes sure of it where others may have taken us for dead (a machine that slept), so that
   * `lost` tells the truth; rejects when that cannot be found out. Absent where `lost` is never late. */
  confirm?(): Promise<void>
  release(): Promise<void>
}

export interface LogOptions {
  readonly services?: readonly string[]
  readonly follow?: boolean
  readonly timestamps?: boolean
  /** Last lines per container; absent means all. */
  readonly tail?: number
  /** RFC 3339 or a duration before now (`10m`). */
  readonly since?: string
  readonly until?: string
}

export interface LogLine {
  readonly service: string
  readonly instance: number
  readonly container: string
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
  readonly time?: string
}

export interface ExecOptions {
  readonly command: readonly string[]
  readonly instance?: number
  readonly tty?: boolean
  readonly interactive?: boolean
  readonly user?: string
  readonly workdir?: string
  readonly env?: Readonly<Record<string, string>>
  readonly privileged?: boolean
  readonly detach?: boolean
}

export interface ExecSession {
  readonly stdin: WritableStream<Uint8Array>
  readonly stdout: ReadableStream<Uint8Array>
  readonly stderr: ReadableStream<Uint8Array>
  resize(columns: number, rows: number): Promise<void>
  /** Resolves with the exit code. */
  readonly exit: Promise<number>
}

export interface StatsSample {
  readonly service: string
  readonly instance: number
  readonly time: string
  /** Share of one core, 1 = one core busy. */
  readonly cpu: number
  readonly memoryBytes: number
  readonly memoryLimitBytes: number
  readonly networkRxBytes: number
  readonly networkTxBytes: number
  readonly blockReadBytes: number
  readonly blockWriteBytes: number
  readonly pids: number
}

export interface TargetEvent {
  readonly time: string
  readonly resource: 'container' | 'network' | 'volume'
  readonly action: string
  readonly service?: string
  readonly id: string
}
