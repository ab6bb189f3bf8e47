import type { Project } from '@windflow/compose'
import {
  asContainerStep,
  type Desired,
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
import { expectedAttributes } from './attributes/body.ts'
import { expectedNetwork, expectedVolume } from './attributes/objects.ts'
import { resolvedHash } from './hash.ts'
import type { CredentialSource } from './images/credentials.ts'
import { LocalImages } from './local-images.ts'
import { takeLock } from './lock/lock.ts'
import { type DockerObserved, observeProject } from './observe/observe.ts'
import type { Workbench } from './perform/environment.ts'
import { performStep } from './perform/perform.ts'
import { Traffic } from './perform/traffic.ts'
import { seccompProfiles } from './profiles.ts'
import { execInService, projectEvents, projectLogs, projectStats } from './streams/index.ts'

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

/** Drives one Docker engine through its API. Closing it closes the client. */
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

  async planDestroy(
    project: string,
    options: { readonly volumes: boolean; readonly removeOrphans: boolean; readonly stopTimeoutSeconds?: number },
    signal: AbortSignal,
  ): Promise<Plan> {
    return planDestroyContainers(await this.observe(nothingOf(project), signal), options)
  }

  perform(step: Step, context: StepContext): Promise<void> {
    return performStep(this.#bench, asContainerStep(step), context)
  }

  lock(project: string, owner: LockOwner, waitMs: number, signal: AbortSignal): Promise<Lock> {
    return takeLock(this.#bench.engine, project, owner, waitMs, signal)
  }

  logs(project: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine> {
    return projectLogs(this.#bench.engine, project, options, signal)
  }

  exec(project: string, service: string, options: ExecOptions, signal: AbortSignal): Promise<ExecSession> {
    return execInService(this.#bench.engine, project, service, options, signal)
  }

  stats(project: string, signal: AbortSignal): AsyncIterable<StatsSample> {
    return projectStats(this.#bench.engine, project, signal)
  }

  events(project: string, signal: AbortSignal): AsyncIterable<TargetEvent> {
    return projectEvents(this.#bench.engine, project, signal)
  }

  close(): Promise<void> {
    return this.#bench.engine.close()
  }

  /** Files and settings are read only when a container was looked at closely: a no-op needs none of them. */
  async #expectations(desired: Desired | undefined, observed: DockerObserved): Promise<Expectations> {
    const closer = observed.containers.some(({ attributes }) => attributes !== undefined)
    const proxies = closer ? await this.#bench.proxies() : {}
    const profiles = closer && desired ? seccompProfiles(desired) : {}
    return {
      service: (model, service, resolve) =>
        expectedAttributes(model, service, resolve, {
          apiVersion: observed.apiVersion,
          sharesFiles: this.#bench.local,
          proxies,
          profiles,
          image: observed.imageConfigs[imageReference(model, service)] ?? {},
        }),
      network: (model, key) => expectedNetwork(model.networks?.[key] ?? { ipam: {} }),
      volume: (model, key) => expectedVolume(model.volumes?.[key] ?? {}),
      hash: (model, service, resolve) =>
        resolvedHash(model, service, resolve, (reference) => observed.images[reference] !== undefined),
    }
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
