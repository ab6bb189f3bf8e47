import type { Desired } from '@windflow/engine'
import { operationId } from '../project/desired.ts'
import type { ReleaseContent } from './release.ts'
import { ReleaseStore, type StoreOptions } from './store.ts'

/** A stored release as a desired state. */
export function desiredOf(content: ReleaseContent, release: number): Desired {
  const { model, hashes, source, environment } = content
  const { name } = model
  return { project: name, model, hashes, deployment: name, release, operation: operationId(), source, environment }
}

/**
 * The release that runs now; undefined when none is known.
 * @throws EngineError when it cannot be read
 */
export function runningRelease(options: StoreOptions): Desired | undefined {
  const store = new ReleaseStore(options)
  const current = store.current()
  return current && desiredOf(store.read(current.release), current.release)
}
