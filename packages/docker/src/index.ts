import type { Driver } from '@windflow/engine'
import { DockerDriver } from './driver.ts'
import { type CredentialSource, dockerCredentials } from './images/credentials.ts'
import type { DockerObserved } from './observe/observe.ts'
import { configuredProxies } from './proxies.ts'
import { connect } from './targets/connect.ts'
import { resolveTarget, type TargetChoice, type TargetEnvironment } from './targets/resolve.ts'
import type { TargetAddress } from './targets/target.ts'

export { listContainers } from './api/containers.ts'
export type { ContainerSummary } from './api/types.ts'
export type { Attribute } from './attributes/field.ts'
export { attributeTable } from './attributes/table.ts'
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
    credentials: options.credentials ?? dockerCredentials(options.environment),
    environment: options.environment,
    local: target.url.startsWith('unix://'),
    proxies: () => configuredProxies(target.url, options.environment),
  })
}
