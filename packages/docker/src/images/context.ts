import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { isAbsolute, join, posix, relative, resolve, sep } from 'node:path'
import { EngineError } from '@windflow/engine'
import { type Header, type Pack, pack } from 'tar-stream'
import { IgnoreFile, type Inherited } from './ignore-file.ts'

type EntryHeader = Partial<Header> & Pick<Header, 'name'>

const IGNORE_FILE = '.dockerignore'

/** A folder as the engine's builder wants it. */
export interface ContextArchive {
  /** Path of the Dockerfile inside the archive. */
  readonly dockerfile: string
  /** The archive, made while it is read. */
  readonly tar: AsyncIterable<Uint8Array>
}

export interface ContextSource {
  /** Absolute path of the folder. */
  readonly folder: string
  /** Relative to the folder, or absolute; may lie outside. Absent: `Dockerfile`. */
  readonly dockerfile?: string | undefined
  /** Content instead of a file. */
  readonly inline?: string | undefined
}

/** What must be in the archive under a name, whatever the ignore file says. */
interface Added {
  readonly name: string
  readonly content: string
}

/**
 * Opens a build context. Everything is checked before the first byte: what is wrong with the folder or the Dockerfile
 * is said before the engine is asked.
 * @throws EngineError `build-context-missing`, `dockerfile-missing`, `dockerignore-invalid`, class user
 */
export async function openContext(source: ContextSource, signal?: AbortSignal): Promise<ContextArchive> {
  const folder = await realFolder(source.folder)
  const { path, content } = await findDockerfile(folder, source)
  const ignoreFile = await findIgnoreFile(folder, path)
  const ignore = new IgnoreFile(ignoreFile?.text ?? '', ignoreFile?.path ?? '')
  if (content === undefined) {
    const kept = new Set([path, IGNORE_FILE])
    return { dockerfile: path, tar: archive(folder, ignore, kept, [], signal) }
  }
  // The engine takes a file out of the context again that its own ignore file names: `COPY .` does not see this one.
  const name = `.dockerfile.${createHash('sha256').update(content).digest('hex').slice(0, 20)}`
  const rules = ignoreFile?.path.endsWith(`/${IGNORE_FILE}`) ? ignoreFile.text : IGNORE_FILE
  const added = [
    { name, content },
    { name: IGNORE_FILE, content: `${rules}\n${name}\n` },
  ]
  return { dockerfile: name, tar: archive(folder, ignore, new Set(), added, signal) }
}

async function realFolder(folder: string): Promise<string> {
  const missing = (why: string) =>
    new EngineError('build-context-missing', `the build context ${folder} ${why}`, {
      class: 'user',
      hint: 'build.context is a folder, relative to the Compose file',
    })
  let path: string
  try {
    path = await realpath(folder)
  } catch {
    throw missing('does not exist')
  }
  if (!(await lstat(path)).isDirectory()) throw missing('is not a folder')
  return path
}

/** @returns content for a Dockerfile that is not in the context */
async function findDockerfile(
  folder: string,
  source: ContextSource,
): Promise<{ readonly path: string; readonly content?: string }> {
  if (source.inline !== undefined) return { path: 'Dockerfile', content: source.inline }
  const wanted = source.dockerfile ?? 'Dockerfile'
  const full = isAbsolute(wanted) ? wanted : resolve(folder, wanted)
  const real = await realpath(join(full, '..')).then(
    (parent) => join(parent, posix.basename(full)),
    () => full,
  )
  const inside = relative(folder, real)
  const isInside = inside !== '' && !isAbsolute(inside) && inside !== '..' && !inside.startsWith(`..${sep}`)
  try {
    if (!isInside) return { path: wanted, content: await readFile(real, 'utf8') }
    const stat = await lstat(real)
    // A link may lead out of the context, where the engine cannot follow it.
    if (stat.isSymbolicLink()) return { path: inside, content: await readFile(real, 'utf8') }
    if (!stat.isFile()) throw new Error('not a file')
    return { path: inside.split(sep).join('/') }
  } catch {
    throw new EngineError('dockerfile-missing', `the Dockerfile ${full} cannot be read`, {
      class: 'user',
      hint: 'build.dockerfile is relative to build.context',
    })
  }
}

/** One named after the Dockerfile goes before the general one. */
async function findIgnoreFile(
  folder: string,
  dockerfile: string,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  for (const path of [resolve(folder, `${dockerfile}${IGNORE_FILE}`), join(folder, IGNORE_FILE)]) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text !== undefined) return { path, text }
  }
  return undefined
}

function archive(
  folder: string,
  ignore: IgnoreFile,
  kept: ReadonlySet<string>,
  added: readonly Added[],
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  const tar = pack()
  const fill = async () => {
    const replaced = new Set(added.map(({ name }) => name))
    for (const { name, content } of added) await addContent(tar, { name, mode: 0o600, mtime: new Date(0) }, content)
    await addFolder({ tar, folder, ignore, kept, replaced, signal }, '', undefined)
    tar.finalize()
  }
  fill().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))))
  // Its declared type lacks the iterator it has.
  return tar as unknown as AsyncIterable<Uint8Array>
}

interface Walk {
  readonly tar: Pack
  readonly folder: string
  readonly ignore: IgnoreFile
  /** Sent although ignored. */
  readonly kept: ReadonlySet<string>
  readonly replaced: ReadonlySet<string>
  readonly signal: AbortSignal | undefined
}

async function addFolder(walk: Walk, path: string, inherited: Inherited | undefined): Promise<void> {
  const entries = await readdir(join(walk.folder, path), { withFileTypes: true })
  // In a fixed order: the same folder gives the same archive.
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    walk.signal?.throwIfAborted()
    const name = path === '' ? entry.name : `${path}/${entry.name}`
    const verdict = walk.ignore.match(name, inherited)
    const ignored = verdict.ignored && !walk.kept.has(name)
    if (entry.isDirectory()) {
      if (ignored && !mayHoldMore(walk, name)) continue
      if (!ignored) await addEntry(walk, name)
      await addFolder(walk, name, verdict.inherited)
    } else if (!ignored && !walk.replaced.has(name)) await addEntry(walk, name)
  }
}

function mayHoldMore(walk: Walk, folder: string): boolean {
  for (const name of walk.kept) if (name.startsWith(`${folder}/`)) return true
  return walk.ignore.mayHoldWanted(folder)
}

async function addEntry(walk: Walk, name: string): Promise<void> {
  const path = join(walk.folder, name)
  const stat = await lstat(path)
  // Owners are not the engine's business: COPY gives files to root unless told otherwise.
  const header: EntryHeader = { name, mode: stat.mode & 0o7777, mtime: stat.mtime, uid: 0, gid: 0 }
  if (stat.isDirectory()) await addHeader(walk.tar, { ...header, type: 'directory' })
  else if (stat.isSymbolicLink())
    await addHeader(walk.tar, { ...header, type: 'symlink', linkname: await readlink(path) })
  else if (stat.isFile() && stat.size === 0) await addContent(walk.tar, { ...header, type: 'file' }, '')
  else if (stat.isFile()) await addFile(walk, path, { ...header, type: 'file', size: stat.size })
  // Sockets, pipes and devices mean nothing elsewhere.
}

async function addFile(walk: Walk, path: string, header: EntryHeader & { readonly size: number }): Promise<void> {
  let wake = () => {}
  let stopped = false
  const written = new Promise<void>((done, fail) => {
    const entry = walk.tar.entry(header, (error) => (error ? fail(error) : done()))
    entry.on('drain', () => wake())
    const copy = async () => {
      // No more than was announced: a log file that grows meanwhile is cut where it was.
      for await (const chunk of createReadStream(path, { end: header.size - 1 }) as AsyncIterable<Buffer>) {
        const drained = new Promise<void>((resume) => {
          wake = resume
        })
        if (!entry.write(chunk)) await drained
        if (stopped) return
      }
      entry.end(undefined)
    }
    copy().catch((error: unknown) => {
      fail(error)
      entry.destroy(error instanceof Error ? error : null)
    })
  })
  try {
    await written
  } catch (error) {
    stopped = true
    wake()
    walk.signal?.throwIfAborted()
    throw new EngineError(
      'build-context-unreadable',
      `${path} cannot be sent to the builder: ${error instanceof Error ? error.message : error}`,
      { class: 'user', hint: `make it readable, or name it in ${IGNORE_FILE}`, cause: error },
    )
  }
}

function addHeader(tar: Pack, header: EntryHeader): Promise<void> {
  return new Promise((done, fail) => {
    tar.entry(header, (error) => (error ? fail(error) : done()))
  })
}

function addContent(tar: Pack, header: EntryHeader, content: string): Promise<void> {
  return new Promise((done, fail) => {
    tar.entry(header, content, (error) => (error ? fail(error) : done()))
  })
}
