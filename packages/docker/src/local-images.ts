import type { Project } from '@windflow/compose'
import { imageReferences, type ObservedImage } from '@windflow/engine'
import type { EngineClient } from './api/client.ts'
import { isNotFound } from './api/errors.ts'
import type { ImageInspect, Json } from './api/types.ts'

interface Manifest {
  readonly ID: string
  readonly Kind: string
  readonly Available: boolean
  readonly ImageData?: { readonly Platform?: { readonly architecture?: string; readonly os?: string } }
}

type Inspect = ImageInspect & {
  readonly Manifests?: readonly Manifest[]
  readonly Metadata?: { readonly LastTagTime?: string }
}

export interface LocalImage extends ObservedImage {
  /** What the image gives to its containers. */
  readonly config: Json
}

/**
 * Images of one engine by reference, each looked up once. An observe looks again; what a pull or build changed is
 * forgotten by whoever did it.
 */
export class LocalImages {
  readonly #engine: EngineClient
  readonly #known = new Map<string, Promise<LocalImage | undefined>>()

  constructor(engine: EngineClient) {
    this.#engine = engine
  }

  /** Undefined when it is not local. */
  get(reference: string, signal: AbortSignal): Promise<LocalImage | undefined> {
    let image = this.#known.get(reference)
    if (!image) {
      image = this.#look(reference, signal)
      this.#known.set(reference, image)
      image.catch(() => this.#known.delete(reference))
    }
    return image
  }

  forget(reference: string): void {
    this.#known.delete(reference)
  }

  /** Every image the model names, looked up again. */
  async observe(model: Project, signal: AbortSignal): Promise<Record<string, LocalImage>> {
    const references = imageReferences(model)
    for (const reference of references) this.forget(reference)
    const images = await Promise.all(references.map((reference) => this.get(reference, signal)))
    return Object.fromEntries(
      references.flatMap((reference, index) => {
        const image = images[index]
        return image ? [[reference, image] as const] : []
      }),
    )
  }

  async #look(reference: string, signal: AbortSignal): Promise<LocalImage | undefined> {
    const path = `/images/${reference.split('/').map(encodeURIComponent).join('/')}/json`
    try {
      // Engines before 28 do not know what is asked for, and leave it out.
      const inspect = await this.#engine.json<Inspect>('GET', path, { query: { manifests: true }, signal })
      const taggedAt = inspect.Metadata?.LastTagTime
      return {
        id: contentId(inspect),
        digests: inspect.RepoDigests ?? [],
        ...(taggedAt !== undefined && !taggedAt.startsWith('0001-') && { taggedAt }),
        config: inspect.Config ?? {},
      }
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }
}

/**
 * What Compose 5.6 writes into the image label: the manifest of what runs, where an image has several, because the id of
 * the index also changes when only an attestation does.
 */
function contentId(inspect: Inspect): string {
  const available = (inspect.Manifests ?? []).filter(({ Kind, Available }) => Kind === 'image' && Available)
  const own = available.find(({ ImageData }) => {
    const platform = ImageData?.Platform
    return platform?.os === inspect.Os && platform?.architecture === inspect.Architecture
  })
  const only = available.length === 1 ? available[0] : undefined
  return (own ?? only)?.ID ?? inspect.Id
}
