import type { Position } from '../diagnostics/diagnostic.ts'
import type { Path, Report } from '../diagnostics/report.ts'
import { isWithin } from './path.ts'
import type { FileSource } from './source.ts'

/** Reading of files on behalf of a Compose file: what cannot or must not be read is refused where it was named. */
export class Files {
  readonly source: FileSource
  readonly #report: Report

  constructor(source: FileSource, report: Report) {
    this.source = source
    this.#report = report
  }

  exists(path: string): boolean {
    return this.source.kind(path) !== undefined
  }

  isDirectory(path: string): boolean {
    return this.source.kind(path) === 'directory'
  }

  /** The text of a file. `what` says what the file is for, `where` who names it. */
  read(path: string, what: string, where: Path | Position): string {
    const kind = this.source.kind(path)
    if (kind === undefined) {
      this.#report.refuse('file/not-found', where, `${what} ${path} does not exist`, 'Create it, or correct the path')
    }
    if (kind !== 'file' && kind !== 'other') {
      this.#report.refuse('file/not-a-file', where, `${what} ${path} is a folder`, 'Name a file')
    }
    const { roots } = this.source
    if (roots !== undefined) {
      const real = this.source.realPath(path) ?? path
      if (!roots.some((root) => isWithin(root, real))) {
        const place = real === path ? 'is' : `leads to ${real}, which is`
        this.#report.refuse(
          'file/outside',
          where,
          `${what} ${path} ${place} outside of ${roots.join(', ')}`,
          'Move it inside',
        )
      }
    }
    try {
      return this.source.readFile(path)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#report.refuse(
        'file/unreadable',
        where,
        `${what} ${path} cannot be read: ${reason}`,
        'Check its permissions',
      )
    }
  }
}
