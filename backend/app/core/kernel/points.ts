import type { Driver } from '@windflow/engine'
import type { Disposal } from './disposal.ts'
import { BootError } from './errors.ts'

/**
 * The places where an extension adds to the core. The core uses the same contracts for its own parts (the docker driver
 * is a `targetDriver`, the keyring a `secretProvider`), so each is exercised by every installation.
 */
export interface PointTypes {
  /** Adds routes under `/api/v1`; the guard of the core holds for them too. */
  readonly routes: RouteModule
  /** Work by the clock, run by one worker at a time. */
  readonly jobs: Job
  /** Code for one target kind; the id is the kind. */
  readonly targetDriver: TargetDriverFactory
  /** Resolves secret references; the id is the scheme's authority: `secret://ID/name`. */
  readonly secretProvider: SecretProvider
  /** Another way to sign in. */
  readonly identityProvider: IdentityProvider
  /** Full-text search over container logs. */
  readonly logStore: LogStore
  /** Suggests changes to a stack; nothing is applied by itself. */
  readonly advisor: Advisor
  /** A way to tell somebody; the id is the channel's kind. */
  readonly notifier: Notifier
  /** Lines in the Prometheus text format, added to `/metrics`. */
  readonly metrics: MetricSource
  /** Receives a copy of each audit entry after it is stored. */
  readonly auditSink: AuditSink
}

export type PointName = keyof PointTypes

/** `app` is the Fastify instance scoped to `/api/v1`; its type lives in core/http and is named in the kernel's api. */
export type RouteModule = (app: unknown) => void | Promise<void>

export interface Job {
  /** Cron expression, five fields, UTC. */
  readonly cron: string
  run(signal: AbortSignal): Promise<void>
}

/** How to reach one target, with its credentials in clear; lives in memory only. */
export interface TargetConnection {
  readonly id: string
  readonly name: string
  readonly connection: Readonly<Record<string, unknown>>
  readonly credentials: Readonly<Record<string, string>>
  readonly registries: readonly RegistryCredential[]
}

export interface RegistryCredential {
  readonly host: string
  readonly username: string
  readonly password: string
}

export interface TargetDescription {
  /** What the target says of itself: engine version, API version, operating system, resources. */
  readonly facts: Readonly<Record<string, string | number | boolean>>
}

export interface TargetDriverFactory {
  open(target: TargetConnection): Promise<Driver>
  /** Asks the target who it is; rejects with an EngineError that names what failed. */
  describe(target: TargetConnection, signal: AbortSignal): Promise<TargetDescription>
}

export interface SecretReference {
  readonly organization: string
  readonly name: string
  /** Absent means the newest. */
  readonly version?: number
}

export interface ResolvedSecret {
  readonly version: number
  readonly value: string
}

export interface SecretProvider {
  /** Which version a reference means now, without its value. */
  pin(reference: SecretReference): Promise<number>
  resolve(reference: SecretReference): Promise<ResolvedSecret>
}

export interface IdentityProvider {
  readonly title: string
  /** Where the browser goes to sign in. */
  start(request: { readonly redirectUri: string; readonly state: string }): Promise<{ readonly url: string }>
  /** Who came back. Rejects when the answer cannot be trusted. */
  finish(request: {
    readonly redirectUri: string
    readonly state: string
    readonly parameters: Readonly<Record<string, string>>
  }): Promise<{ readonly subject: string; readonly email: string; readonly name: string }>
}

export interface LogStore {
  search(query: {
    readonly organization: string
    readonly deployments: readonly string[]
    readonly text: string
    readonly since: Date
    readonly until: Date
    readonly limit: number
  }): Promise<readonly { readonly time: string; readonly service: string; readonly text: string }[]>
}

export interface Advisor {
  advise(subject: { readonly model: unknown }, signal: AbortSignal): Promise<readonly Suggestion[]>
}

export interface Suggestion {
  readonly code: string
  readonly title: string
  readonly evidence: string
  /** 0 to 1. */
  readonly confidence: number
  readonly source: string
}

export interface Notifier {
  send(
    message: { readonly title: string; readonly text: string; readonly data: Readonly<Record<string, unknown>> },
    settings: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<void>
}

export interface MetricSource {
  collect(): Promise<string>
}

export interface AuditSink {
  receive(entry: Readonly<Record<string, unknown>>): Promise<void>
}

interface Registration {
  readonly owner: string
  readonly value: unknown
}

/** Who has registered what. One id has one owner; after `seal` nothing more is taken. */
export class Points {
  readonly #registrations = new Map<PointName, Map<string, Registration>>()
  #sealed = false

  /** @throws BootError when the id has an owner already, or the program has finished starting. */
  register<P extends PointName>(point: P, id: string, value: PointTypes[P], owner: string): Disposal {
    if (this.#sealed) {
      throw new BootError('Boot stopped:', [
        `"${owner}" registers ${point} "${id}" after the program has started: register inside register()`,
      ])
    }
    const taken = this.#registrations.get(point) ?? new Map<string, Registration>()
    this.#registrations.set(point, taken)
    const other = taken.get(id)
    if (other !== undefined) {
      throw new BootError('Boot stopped:', [
        `"${owner}" registers ${point} "${id}", which belongs to "${other.owner}": give it another id or switch one of the two off`,
      ])
    }
    const registration = { owner, value }
    taken.set(id, registration)
    return () => {
      if (taken.get(id) === registration) taken.delete(id)
    }
  }

  seal(): void {
    this.#sealed = true
  }

  get<P extends PointName>(point: P, id: string): PointTypes[P] | undefined {
    // `register` took the value as PointTypes[P] for this very point.
    return this.#registrations.get(point)?.get(id)?.value as PointTypes[P] | undefined
  }

  all<P extends PointName>(
    point: P,
  ): readonly { readonly id: string; readonly owner: string; readonly value: PointTypes[P] }[] {
    return [...(this.#registrations.get(point) ?? [])].map(([id, { owner, value }]) => ({
      id,
      owner,
      value: value as PointTypes[P],
    }))
  }
}
