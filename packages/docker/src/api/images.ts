import type { EngineClient } from './client.ts'
import type { Filters, ImageInspect, ImageSummary } from './types.ts'

export function listImages(
  engine: EngineClient,
  filters: Filters = {},
  signal?: AbortSignal,
): Promise<readonly ImageSummary[]> {
  return engine.json('GET', '/images/json', { query: { filters }, signal })
}

/** @param reference name, name with tag or digest, or id */
export function inspectImage(engine: EngineClient, reference: string, signal?: AbortSignal): Promise<ImageInspect> {
  return engine.json('GET', `${image(reference)}/json`, { signal })
}

export function tagImage(
  engine: EngineClient,
  reference: string,
  repository: string,
  tag: string,
  signal?: AbortSignal,
): Promise<void> {
  return engine.send('POST', `${image(reference)}/tag`, { query: { repo: repository, tag }, signal })
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
