import { readFileSync, realpathSync, statSync } from 'node:fs'
import type { FileSource } from './source.ts'

export interface NodeSourceOptions {
  /** Folders outside of which nothing may be read. Without it, all that the process may read. */
  readonly roots?: readonly string[]
}

/** The machine's own file system. */
export function nodeSource(options: NodeSourceOptions = {}): FileSource {
  const realPath = (path: string) => {
    try {
      return realpathSync(path)
    } catch {
      return undefined
    }
  }
  return {
    roots: options.roots?.map((root) => realPath(root) ?? root),
    realPath,
    readFile: (path) => readFileSync(path, 'utf8'),
    kind(path) {
      const found = statSync(path, { throwIfNoEntry: false })
      if (found === undefined) return undefined
      return found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other'
    },
  }
}
