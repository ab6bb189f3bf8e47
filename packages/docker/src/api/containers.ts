import type { EngineClient } from './client.ts'
import type { ContainerCreate, ContainerInspect, ContainerSummary, Created, Filters } from './types.ts'

/** Every call rejects with an `ApiError` when the engine refuses it; 404 and 409 have `isNotFound` and `isConflict`. */

export interface ListContainers {
  /** Stopped ones too. */
  readonly all?: boolean
  readonly filters?: Filters
}

export function listContainers(
  engine: EngineClient,
  options: ListContainers = {},
  signal?: AbortSignal,
): Promise<readonly ContainerSummary[]> {
  return engine.json('GET', '/containers/json', { query: { ...options }, signal })
}

export function inspectContainer(engine: EngineClient, id: string, signal?: AbortSignal): Promise<ContainerInspect> {
  return engine.json('GET', `${container(id)}/json`, { signal })
}

/** @param platform `os/arch[/variant]`, when the service asks for one */
export function createContainer(
  engine: EngineClient,
  name: string,
  body: ContainerCreate,
  options: { readonly platform?: string } = {},
  signal?: AbortSignal,
): Promise<Created> {
  const query = { name, platform: options.platform }
  return engine.json('POST', '/containers/create', { query, json: body, signal })
}

/** Success also when it already runs. */
export function startContainer(engine: EngineClient, id: string, signal?: AbortSignal): Promise<void> {
  return engine.send('POST', `${container(id)}/start`, { signal })
}

/** Success also when it is already stopped. Absent options: the container's own signal and grace period. */
export function stopContainer(
  engine: EngineClient,
  id: string,
  options: { readonly timeoutSeconds?: number | undefined; readonly stopSignal?: string | undefined } = {},
  signal?: AbortSignal,
): Promise<void> {
  // `signal` of a stop is known to the engine since API 1.42; an older one ignores it and uses the container's own.
  const query = { t: options.timeoutSeconds, signal: options.stopSignal }
  return engine.send('POST', `${container(id)}/stop`, { query, signal })
}

export function unpauseContainer(engine: EngineClient, id: string, signal?: AbortSignal): Promise<void> {
  return engine.send('POST', `${container(id)}/unpause`, { signal })
}

/** @param name without the leading slash */
export function renameContainer(engine: EngineClient, id: string, name: string, signal?: AbortSignal): Promise<void> {
  return engine.send('POST', `${container(id)}/rename`, { query: { name }, signal })
}

export function removeContainer(
  engine: EngineClient,
  id: string,
  options: {
    /** Kill it first when it runs. */
    readonly force?: boolean
    /** Its anonymous volumes too; named ones never. */
    readonly volumes?: boolean
  } = {},
  signal?: AbortSignal,
): Promise<void> {
  return engine.send('DELETE', container(id), { query: { force: options.force, v: options.volumes }, signal })
}

/** Resolves with the exit code once the condition holds. Ask before starting to miss nothing (`next-exit`). */
export async function waitContainer(
  engine: EngineClient,
  id: string,
  condition: 'not-running' | 'next-exit' | 'removed' = 'not-running',
  signal?: AbortSignal,
): Promise<number> {
  const query = { condition }
  const answer = await engine.json<{ readonly StatusCode: number }>('POST', `${container(id)}/wait`, { query, signal })
  return answer.StatusCode
}

/** Unpacks a tar archive into the container's file system (configs and secrets as files). It need not run.
 * @param directory absolute folder in the container, which must exist */
export function putArchive(
  engine: EngineClient,
  id: string,
  directory: string,
  tar: AsyncIterable<Uint8Array> | Uint8Array,
  options: {
    /** Take numeric owners from the archive as they are. */
    readonly copyUidGid?: boolean
    /** Fail instead of replacing a folder by a file, or the other way round. */
    readonly noOverwriteDirNonDir?: boolean
  } = {},
  signal?: AbortSignal,
): Promise<void> {
  const query = {
    path: directory,
    copyUIDGID: options.copyUidGid,
    noOverwriteDirNonDir: options.noOverwriteDirNonDir,
  }
  return engine.send('PUT', `${container(id)}/archive`, { query, body: tar, signal })
}

function container(id: string): string {
  return `/containers/${encodeURIComponent(id)}`
}
