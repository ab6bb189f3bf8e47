import { hostname, userInfo } from 'node:os'
import { type Desired, imageReference, type ObservedImage, type Outcome } from '@windflow/engine'
import type { LoadedProject } from '../project/load.ts'
import type { Release, ReleaseContent, ReleaseImage } from './release.ts'
import { ReleaseStore } from './store.ts'

export interface Recording {
  readonly loaded: LoadedProject
  readonly desired: Desired
  readonly env: Readonly<Record<string, string | undefined>>
  readonly reason: string | undefined
  readonly services: readonly string[]
}

/** Writes down one release while it is deployed. */
export class ReleaseRecorder {
  readonly #store: ReleaseStore
  readonly #recording: Recording

  constructor(recording: Recording) {
    this.#recording = recording
    const { loaded, desired, env } = recording
    this.#store = new ReleaseStore({ folder: loaded.folder, project: desired.project, env })
  }

  /** Before the first write, under the lock of the project: whatever was left `applying` was cut off. */
  begin(): Release {
    const { desired, loaded, reason, services } = this.#recording
    const content: ReleaseContent = {
      model: desired.model,
      hashes: desired.hashes,
      source: desired.source ?? { workingDirectory: loaded.folder, configFiles: [], environmentFiles: [] },
      environment: desired.environment ?? {},
      files: loaded.files,
    }
    const release = this.#store.begin(desired.release, {
      author: author(),
      ...(reason !== undefined && { reason }),
      ...(services.length > 0 && { services }),
      images: images(desired),
      content,
    })
    this.#store.settleInterrupted(desired.release)
    return release
  }

  /** @param observed images by reference, as they are after it */
  finish(outcome: Outcome, observed: Readonly<Record<string, ObservedImage>> | undefined): void {
    const { desired } = this.#recording
    const failure = outcome.rollbackFailure?.message ?? outcome.failure?.message
    switch (outcome.status) {
      case 'unchanged':
        this.#store.discard(desired.release)
        return
      case 'succeeded':
        this.#store.finish(desired.release, { status: 'succeeded', images: images(desired, observed) })
        return
      case 'rolled_back':
        this.#store.finish(desired.release, { status: 'rolled_back', ...(failure !== undefined && { failure }) })
        return
      case 'cancelled':
        this.#store.finish(desired.release, { status: 'rolled_back', failure: 'it was cancelled' })
        return
      case 'failed':
      case 'rollback_failed':
        this.#store.finish(desired.release, { status: 'failed', ...(failure !== undefined && { failure }) })
    }
  }
}

function images(
  desired: Desired,
  observed: Readonly<Record<string, ObservedImage>> = {},
): Record<string, ReleaseImage> {
  const found: Record<string, ReleaseImage> = {}
  for (const [name, service] of Object.entries(desired.model.services)) {
    if (service.provider) continue
    const reference = imageReference(desired.model, name)
    const image = observed[reference]
    const digest = image?.digests[0]
    found[name] = { reference, ...(image && { id: image.id }), ...(digest !== undefined && { digest }) }
  }
  return found
}

function author(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    // A user id without a name, as in many containers.
    return `${process.getuid?.() ?? 'unknown'}@${hostname()}`
  }
}
