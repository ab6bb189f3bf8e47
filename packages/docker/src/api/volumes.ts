import type { EngineClient } from './client.ts'
import type { Filters, VolumeCreate, VolumeInspect } from './types.ts'

export async function listVolumes(
  engine: EngineClient,
  filters: Filters = {},
  signal?: AbortSignal,
): Promise<readonly VolumeInspect[]> {
  const query = { filters }
  const answer = await engine.json<{ readonly Volumes: readonly VolumeInspect[] | null }>('GET', '/volumes', {
    query,
    signal,
  })
  return answer.Volumes ?? []
}

export function inspectVolume(engine: EngineClient, name: string, signal?: AbortSignal): Promise<VolumeInspect> {
  return engine.json('GET', volume(name), { signal })
}

/** Makes the volume, or answers with the one of that name and driver as it is: atomic on the engine. */
export function createVolume(engine: EngineClient, body: VolumeCreate, signal?: AbortSignal): Promise<VolumeInspect> {
  return engine.json('POST', '/volumes/create', { json: body, signal })
}

export function removeVolume(
  engine: EngineClient,
  name: string,
  options: { readonly force?: boolean } = {},
  signal?: AbortSignal,
): Promise<void> {
  return engine.send('DELETE', volume(name), { query: { force: options.force }, signal })
}

function volume(name: string): string {
  return `/volumes/${encodeURIComponent(name)}`
}
