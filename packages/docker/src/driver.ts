import type { Project } from '@windflow/compose'
import {
  asContainerStep,
  type Desired,
  type DestroyRequest,
  type Driver,
  type ExecOptions,
  type ExecSession,
  type Expectations,
  imageReference,
  type LifecycleOptions,
  type Lock,
  type LockOwner,
  type LogLine,
  type LogOptions,
  type Plan,
  type PlanOptions,
  planContainers,
  planDestroyContainers,
  planLifecycleContainers,
  planRestoreContainers,
  type StatsSample,
  type Step,
  type StepContext,
  type TargetEvent,
} from '@windflow/engine'
import type { EngineClient } from './api/client.ts'
import { expectedNetwork, expectedVolume } from './attributes/objects.ts'
import { resolvedHash } from './hash.ts'
import type { CredentialSource } from './images/credentials.ts'
import { LocalImages } from './local-images.ts'
import { type DockerObserved, observeProject } from './observe/observe.ts'
import type { Workbench } from './perform/environment.ts'
import { Traffic } from './perform/traffic.ts'

export interface DockerDriverOptions {
  readonly client: EngineClient
  readonly credentials: CredentialSource
  /** The engine runs on this machine: it sees the files that Compose files name, and its containers can be reached. */
  readonly local: boolean
  /** Of the user, for the builder's plugins. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Proxy variables every container gets, from the configuration of the Docker CLI. */
  readonly proxies: () => Promise<Readonly<Record<string, string>>>
}

/**
 * Drives one Docker engine through its API. Closing it closes the client. What looks at a project is loaded with it; what
 * changes one, or follows it, when it is asked to: most commands find nothing to change.
 */
export class DockerDriver implements Driver<DockerObserved> {
  readonly kind = 'docker'
  readonly #bench: Workbench
  #proxies: Promise<Readonly<Record<string, string>>> | undefined

  constructor(options: DockerDriverOptions) {
    this.#bench = {
      engine: options.client,
      images: new LocalImages(options.client),
      credentials: options.credentials,
      local: options.local,
      environment: options.environment,
      proxies: () => {
        this.#proxies ??= options.proxies()
        return this.#proxies
      },
      traffic: new Traffic(options.client),
      serialStarts: Promise.resolve(),
    }
  }

  observe(desired: Desired, signal: AbortSignal): Promise<DockerObserved> {
    return observeProject(this.#bench.engine, this.#bench.images, desired, signal)
  }

  async plan(desired: Desired, observed: DockerObserved, options: PlanOptions, _signal: AbortSignal): Promise<Plan> {
    return planContainers(desired, observed, options, await this.#expectations(desired, observed))
  }

  async planRestore(
    before: DockerObserved,
    now: DockerObserved,
    previous: Desired | undefined,
    _signal: AbortSignal,
  ): Promise<Plan> {
    return planRestoreContainers(before, now, previous, await this.#expectations(previous, now))
  }

  async planLifecycle(
    desired: Desired,
    observed: DockerObserved,
    options: LifecycleOptions,
    _signal: AbortSignal,
  ): Promise<Plan> {
    return planLifecycleContainers(desired, observed, options)
  }

  async planDestroy(project: string, options: DestroyRequest, signal: AbortSignal): Promise<Plan> {
    return planDestroyContainers(await this.observe(nothingOf(project), signal), options)
  }

  async perform(step: Step, context: StepContext): Promise<void> {
    const { performStep } = await import('./perform/perform.ts')
    await performStep(this.#bench, asContainerStep(step), context)
  }

  async lock(project: string, owner: LockOwner, waitMs: number, signal: AbortSignal): Promise<Lock> {
    const { takeLock } = await import('./lock/lock.ts')
    return takeLock(this.#bench.engine, project, owner, waitMs, signal)
  }

  async *logs(project: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine> {
    const { projectLogs } = await import('./streams/logs.ts')
    yield* projectLogs(this.#bench.engine, project, options, signal)
  }

  async exec(project: string, service: string, options: ExecOptions, signal: AbortSignal): Promise<ExecSession> {
    const { execInService } = await import('./streams/exec.ts')
    return execInService(this.#bench.engine, project, service, options, signal)
  }

  async *stats(project: string, signal: AbortSignal): AsyncIterable<StatsSample> {
    const { projectStats } = await import('./streams/stats.ts')
    yield* projectStats(this.#bench.engine, project, signal)
  }

  async *events(project: string, signal: AbortSignal): AsyncIterable<TargetEvent> {
    const { projectEvents } = await import('./streams/events.ts')
    yield* projectEvents(this.#bench.engine, project, signal)
  }

  close(): Promise<void> {
    return this.#bench.engine.close()
  }

  async #expectations(desired: Desired | undefined, observed: DockerObserved): Promise<Expectations> {
    return {
      service: await this.#expectService(desired, observed),
      network: (model, key) => expectedNetwork(model.networks?.[key] ?? { ipam: {} }),
      volume: (model, key) => expectedVolume(model.volumes?.[key] ?? {}),
      hash: (model, service, resolve) =>
        resolvedHash(model, service, resolve, (reference) => observed.images[reference] !== undefined),
    }
  }

  /** Nothing is expected where no container was looked at closely: a no-op needs neither files nor settings for it. */
  async #expectService(desired: Desired | undefined, observed: DockerObserved): Promise<Expectations['service']> {
    if (observed.containers.every(({ attributes }) => attributes === undefined)) return () => ({})
    const [{ expectedAttributes }, { seccompProfiles }] = await Promise.all([
      import('./attributes/body.ts'),
      import('./profiles.ts'),
    ])
    const proxies = await this.#bench.proxies()
    const profiles = desired ? seccompProfiles(desired) : {}
    return (model, service, resolve) =>
      expectedAttributes(model, service, resolve, {
        apiVersion: observed.apiVersion,
        sharesFiles: this.#bench.local,
        proxies,
        profiles,
        image: observed.imageConfigs[imageReference(model, service)] ?? {},
      })
  }
}

function nothingOf(project: string): Desired {
  const model: Project = { name: project, services: {} }
  return {
    project,
    model,
    hashes: { services: {}, networks: {}, volumes: {} },
    deployment: '',
    release: 0,
    operation: '',
  }
}
