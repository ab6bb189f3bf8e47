import type { Driver } from '@windflow/engine'
import { DockerDriver } from './driver.ts'
import type { CredentialSource } from './images/credentials.ts'
import type { DockerObserved } from './observe/observe.ts'
import { connect } from './targets/connect.ts'
import { resolveTarget, type TargetChoice, type TargetEnvironment } from './targets/resolve.ts'
import type { TargetAddress } from './targets/target.ts'

export { listContainers } from './api/containers.ts'
export type { ContainerSummary } from './api/types.ts'
export { DockerDriver, type DockerDriverOptions } from './driver.ts'
export type { DockerObserved } from './observe/observe.ts'
export type { TargetAddress, TargetChoice, TargetEnvironment }
export { connect, resolveTarget }

export interface ConnectionOptions {
  /** As the docker CLI: its options, then the environment, the current context, the local socket. */
  readonly choice?: TargetChoice
  readonly environment: Readonly<Record<string, string | undefined>>
  /** An address known already, instead of looking for one. */
  readonly target?: TargetAddress
  /** Of registries; those of the docker CLI's user unless told. */
  readonly credentials?: CredentialSource
}

/**
 * A driver for the engine the docker CLI would use. Nothing is connected yet: that happens with the first request.
 * @throws EngineError when the address or context cannot be used
 */
export async function dockerDriver(options: ConnectionOptions): Promise<Driver<DockerObserved>> {
  const target = options.target ?? (await resolveTarget(options.environment, options.choice))
  return new DockerDriver({
    client: await connect(target),
    credentials: options.credentials ?? whenAsked(options.environment),
    environment: options.environment,
    local: target.url.startsWith('unix://'),
    proxies: async () => (await import('./proxies.ts')).configuredProxies(target.url, options.environment),
  })
}

/** Credentials of the docker CLI's user; what finds them is loaded when the first image is fetched. */
function whenAsked(environment: ConnectionOptions['environment']): CredentialSource {
  let loaded: Promise<CredentialSource> | undefined
  const load = () => {
    loaded ??= import('./images/credentials.ts').then(({ dockerCredentials }) => dockerCredentials(environment))
    return loaded
  }
  return {
    forRegistry: async (registry, signal) => (await load()).forRegistry(registry, signal),
    all: async (signal) => (await load()).all(signal),
  }
}
