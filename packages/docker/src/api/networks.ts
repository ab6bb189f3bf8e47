import type { EngineClient } from './client.ts'
import type { EndpointSettings, Filters, NetworkCreate, NetworkInspect } from './types.ts'

/** Without the connected containers; `inspectNetwork` has them. */
export function listNetworks(
  engine: EngineClient,
  filters: Filters = {},
  signal?: AbortSignal,
): Promise<readonly NetworkInspect[]> {
  return engine.json('GET', '/networks', { query: { filters }, signal })
}

export function inspectNetwork(engine: EngineClient, id: string, signal?: AbortSignal): Promise<NetworkInspect> {
  return engine.json('GET', network(id), { signal })
}

/** Engines before API 1.44 accept a second network of the same name unless told to check; the check is always asked
 * for. Conflict (409) when the name is taken. */
export function createNetwork(
  engine: EngineClient,
  body: NetworkCreate,
  signal?: AbortSignal,
): Promise<{ readonly Id: string; readonly Warning?: string }> {
  return engine.json('POST', '/networks/create', { json: { CheckDuplicate: true, ...body }, signal })
}

export function removeNetwork(engine: EngineClient, id: string, signal?: AbortSignal): Promise<void> {
  return engine.send('DELETE', network(id), { signal })
}

export function connectNetwork(
  engine: EngineClient,
  id: string,
  container: string,
  endpoint: EndpointSettings = {},
  signal?: AbortSignal,
): Promise<void> {
  return engine.send('POST', `${network(id)}/connect`, {
    json: { Container: container, EndpointConfig: endpoint },
    signal,
  })
}

export function disconnectNetwork(
  engine: EngineClient,
  id: string,
  container: string,
  options: { readonly force?: boolean } = {},
  signal?: AbortSignal,
): Promise<void> {
  return engine.send('POST', `${network(id)}/disconnect`, {
    json: { Container: container, Force: options.force === true },
    signal,
  })
}

function network(id: string): string {
  return `/networks/${encodeURIComponent(id)}`
}
