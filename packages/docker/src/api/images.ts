import type { EngineClient } from './client.ts'
import type { ImageInspect } from './types.ts'

/** @param reference name, name with tag or digest, or id */
export function inspectImage(engine: EngineClient, reference: string, signal?: AbortSignal): Promise<ImageInspect> {
  return engine.json('GET', `${image(reference)}/json`, { signal })
}

export function removeImage(
  engine: EngineClient,
  reference: string,
  options: { readonly force?: boolean } = {},
  signal?: AbortSignal,
): Promise<void> {
  return engine.send('DELETE', image(reference), { query: { force: options.force }, signal })
}

function image(reference: string): string {
  return `/images/${reference.split('/').map(encodeURIComponent).join('/')}`
}
