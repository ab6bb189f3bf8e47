import type { Report } from '../diagnostics/report.ts'
import { clean } from '../source/path.ts'
import { newTree, type Tree, type Value } from '../tree/value.ts'

const PROPAGATIONS = new Set(['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave'])

/** `source:target:options` as a mount in long form. A source that looks like a path is a bind, else a volume. */
export function parseMount(spec: string, path: readonly string[], report: Report): Tree {
  const mount = newTree()
  if (spec === '') fail(spec, 'is empty', path, report)
  if (new TextEncoder().encode(spec.slice(0, 3)).length <= 2) {
    mount.type = 'volume'
    mount.target = spec
    return mount
  }
  const fields = splitFields(spec)
  if (fields.includes('')) fail(spec, 'has nothing between two colons', path, report)
  if (fields.length > 3) fail(spec, 'has too many colons', path, report)
  const [first = '', second, options] = fields
  if (second === undefined) mount.target = first
  else {
    mount.source = first
    mount.target = second
  }
  if (options !== undefined) readOptions(options, mount)
  if (typeof mount.source === 'string' && isFilePath(mount.source)) {
    mount.type = 'bind'
    mount.bind = Object.assign(newTree(), mount.bind, { create_host_path: true })
  } else {
    mount.type = 'volume'
    mount.volume ??= newTree()
  }
  return mount
}

/** The same, with the target path cleaned. */
export function normaliseMount(spec: string, path: readonly string[], report: Report): Tree {
  const mount = parseMount(spec, path, report)
  if (typeof mount.target === 'string' && mount.target !== '') mount.target = clean(mount.target)
  return mount
}

function fail(spec: string, problem: string, path: readonly string[], report: Report): never {
  report.refuse('normalise/mount', path, `the volume '${spec}' ${problem}`, 'Write source:target or source:target:ro')
}

/** Splits at colons, but not at the one of a drive (`C:\x`) or inside `${...}`. */
function splitFields(spec: string): string[] {
  const fields: string[] = []
  let field = ''
  let nesting = 0
  for (let index = 0; index < spec.length; index++) {
    const c = spec[index] as string
    if (c === '$' && spec[index + 1] === '{') nesting++
    else if (c === '}' && nesting > 0) nesting--
    else if (c === ':' && nesting === 0 && !isLetter(field)) {
      fields.push(field)
      field = ''
      continue
    }
    field += c
  }
  fields.push(field)
  return fields
}

function isLetter(text: string): boolean {
  return /^\p{L}$/u.test(text)
}

function readOptions(options: string, mount: Tree): void {
  for (const option of options.split(',')) {
    if (option === 'ro') mount.read_only = true
    else if (option === 'rw') delete mount.read_only
    else if (option === 'nocopy') mount.volume = Object.assign(newTree(), { nocopy: true })
    else if (option === 'z' || option === 'Z') setBind(mount, 'selinux', option)
    else if (PROPAGATIONS.has(option)) setBind(mount, 'propagation', option)
  }
}

function setBind(mount: Tree, key: string, value: Value): void {
  mount.bind = Object.assign(newTree(), mount.bind, { [key]: value })
}

function isFilePath(source: string): boolean {
  if (/^[./~]/.test(source) || source.startsWith('\\\\')) return true
  return /^\p{L}:/u.test(source)
}
