import type { Report } from '../diagnostics/report.ts'
import { isAbsolute, isWindowsAbsolute, join } from '../source/path.ts'
import type { FileSource } from '../source/source.ts'
import { childPattern, compilePatterns, type PatternNode } from '../tree/pattern.ts'
import { isTree, type Tree, type Value } from '../tree/value.ts'

/** What relative paths of a file begin at. */
export interface PathBase {
  /** Folder that relative paths begin at; itself relative for a file whose including file is resolved later. */
  readonly folder: string
  /** What `~` stands for; `undefined` leaves it. */
  readonly home: string | undefined
  readonly source: FileSource
}

type Resolve = (value: Value, base: PathBase, path: readonly string[], report: Report) => Value

/** Makes the paths of the model, in long form, absolute (or relative to what `base.folder` is relative to). */
export function resolvePaths(tree: Tree, base: PathBase, report: Report): void {
  for (const key in tree) tree[key] = walk(tree[key] as Value, [key], childPattern(places(), key), base, report)
}

function walk(
  value: Value,
  path: string[],
  place: PatternNode<Resolve> | undefined,
  base: PathBase,
  report: Report,
): Value {
  if (place === undefined) return value
  if (place.rule !== undefined) return place.rule(value, base, path, report)
  if (isTree(value)) {
    for (const key in value)
      value[key] = walk(value[key] as Value, [...path, key], childPattern(place, key), base, report)
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item = value[index] as Value
      value[index] = walk(item, [...path, String(index)], childPattern(place, '[]'), base, report)
    }
  }
  return value
}

export function expandHome(path: string, home: string | undefined): string {
  return path.startsWith('~') && home !== undefined ? join(home, path.slice(1)) : path
}

const local: Resolve = (value, base) => {
  if (typeof value !== 'string' || value === '') return value
  const path = expandHome(value, base.home)
  return isAbsolute(path) ? path : join(base.folder, path)
}

/** A path of the host, which may be a Windows machine. */
const hostPath: Resolve = (value, base) => {
  if (typeof value !== 'string') return value
  const path = expandHome(value, base.home)
  return isAbsolute(path) || isWindowsAbsolute(path) ? path : join(base.folder, path)
}

const REMOTE_CONTEXT = /^(?:https?:\/\/|git:\/\/|ssh:\/\/|github\.com\/|git@|service:)/

const context: Resolve = (value, base, path, report) => {
  if (typeof value === 'string' && (value.includes('://') || REMOTE_CONTEXT.test(value))) return value
  return local(value, base, path, report)
}

/** A watched folder, with the first link on its way resolved. */
const watched: Resolve = (value, base, path, report) => {
  const absolute = local(value, base, path, report)
  if (typeof absolute !== 'string') return absolute
  let current = ''
  for (const part of absolute.split('/')) {
    if (part === '') continue
    current = `${current}/${part}`
    const real = base.source.realPath(current)
    if (real === undefined) return absolute
    if (real !== current) return absolute.replace(current, () => real)
  }
  return absolute
}

const mount: Resolve = (value, base, path, report) => {
  if (!isTree(value) || value.type !== 'bind') return value
  const { source } = value
  if (typeof source !== 'string') {
    report.refuse(
      'normalise/bind-source',
      path,
      `the bind mount ${path.join('.')} has no source`,
      'Add source: and the path on the host',
    )
  }
  value.source = hostPath(source ?? '', base, path, report)
  return value
}

/** A volume of the local driver that is a bind mount in disguise. */
const volume: Resolve = (value, base, path, report) => {
  if (!isTree(value) || value.driver !== 'local' || !isTree(value.driver_opts)) return value
  const options = value.driver_opts
  const { o, device } = options
  if (o === 'bind' && device !== undefined) options.device = hostPath(device, base, path, report)
  return value
}

let compiled: PatternNode<Resolve> | undefined

function places(): PatternNode<Resolve> {
  compiled ??= compilePatterns<Resolve>([
    ...['services', 'jobs'].flatMap((section): [string, Resolve][] => [
      [`${section}.*.build.context`, context],
      [`${section}.*.build.additional_contexts.*`, context],
      [`${section}.*.build.ssh.*`, hostPath],
      [`${section}.*.env_file.*.path`, local],
      [`${section}.*.label_file.*`, local],
      [`${section}.*.extends.file`, local],
      [`${section}.*.volumes.*`, mount],
    ]),
    ['services.*.develop.watch.*.path', watched],
    ['services.*.pre_start.*.env_file.*.path', local],
    ['services.*.pre_start.*.label_file.*', local],
    ['services.*.pre_start.*.volumes.*', mount],
    ['configs.*.file', hostPath],
    ['secrets.*.file', hostPath],
    ['volumes.*', volume],
  ])
  return compiled
}
