import type { Desired } from '@windflow/engine'
import { nameOnly, operationId } from '../project/desired.ts'
import type { ReleaseContent } from './release.ts'
import { ReleaseStore, type StoreOptions } from './store.ts'

/** A stored release as a desired state. */
export function desiredOf(content: ReleaseContent, release: number): Desired {
  const { model, hashes, source, environment } = content
  const { name } = model
  return { project: name, model, hashes, deployment: name, release, operation: operationId(), source, environment }
}

/**
 * The release that runs now, read and decrypted only when something of it is looked at: the way back of a failed change
 * does, and nothing else. One that cannot be read is as if nothing were known of it, and `complain` is told why.
 */
export function runningRelease(options: StoreOptions, complain: (error: unknown) => void): Desired {
  let found: Desired | undefined
  const get = (): Desired => {
    found ??= readCurrent(options, complain)
    return found
  }
  return {
    project: options.project,
    deployment: options.project,
    get model() {
      return get().model
    },
    get hashes() {
      return get().hashes
    },
    get release() {
      return get().release
    },
    get operation() {
      return get().operation
    },
    get source() {
      return get().source ?? { workingDirectory: options.folder, configFiles: [], environmentFiles: [] }
    },
    get environment() {
      return get().environment ?? {}
    },
  }
}

function readCurrent(options: StoreOptions, complain: (error: unknown) => void): Desired {
  try {
    const store = new ReleaseStore(options)
    const current = store.current()
    if (current) return desiredOf(store.read(current.release), current.release)
  } catch (error) {
    complain(error)
  }
  return nameOnly(options.project)
}
