/**
 * Where Compose files and the files they name are read. Paths are absolute and use `/`. Everything is synchronous and
 * nothing is written. An implementation over a real file system is in `@windflow/compose/node`.
 */
export interface FileSource {
  /** The text of a file, decoded from UTF-8. Throws when there is no such file or it cannot be read. */
  readFile(path: string): string
  /** What is there, after links; `undefined` when nothing is. */
  kind(path: string): 'file' | 'directory' | 'other' | undefined
  /** The path with every link resolved; `undefined` when nothing is there. */
  realPath(path: string): string | undefined
  /** Folders outside of which nothing may be read, with their links resolved; `undefined` for no limit. */
  readonly roots?: readonly string[] | undefined
}

/** Files held in memory, for the browser and for tests: paths to texts. Folders exist because files are in them. */
export function memorySource(files: Readonly<Record<string, string>>, roots?: readonly string[]): FileSource {
  const names = new Map(Object.entries(files))
  const folders = new Set<string>(['/'])
  for (const name of names.keys()) {
    for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) folders.add(name.slice(0, end))
  }
  const kind = (path: string) => (names.has(path) ? 'file' : folders.has(path) ? 'directory' : undefined)
  return {
    roots,
    kind,
    realPath: (path) => (kind(path) === undefined ? undefined : path),
    readFile(path) {
      const text = names.get(path)
      if (text === undefined) throw new Error(`no such file: ${path}`)
      return text
    },
  }
}
