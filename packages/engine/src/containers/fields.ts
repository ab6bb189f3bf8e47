import type { FieldChange } from '../plan.ts'

/** What a plan shows in the place of a value that may be a secret. */
export const HIDDEN = '(hidden)'

type Tree = Readonly<Record<string, unknown>>

/** The attributes that differ, each at its place in the words of Compose. Never holds what may be a secret. */
export function differences(before: Tree, after: Tree): FieldChange[] {
  const fields: FieldChange[] = []
  compare('', before, after, fields)
  return fields
}

/** Deep equality of plain data; a key whose value is undefined is no key. */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value, i) => equal(value, b[i]))
  if (!isTree(a) || !isTree(b)) return false
  for (const key of keysOf(a, b)) if (!equal(a[key], b[key])) return false
  return true
}

function compare(path: string, before: unknown, after: unknown, fields: FieldChange[]): void {
  if (equal(before, after)) return
  const [was, is] = [before ?? (isFilled(after) ? {} : undefined), after ?? (isFilled(before) ? {} : undefined)]
  if (isTree(was) && isTree(is)) {
    for (const key of keysOf(was, is)) compare(path ? `${path}.${key}` : key, was[key], is[key], fields)
    return
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    before.forEach((value, i) => {
      compare(`${path}[${i}]`, value, after[i], fields)
    })
    return
  }
  const sensitive = maySecret(path, before) || maySecret(path, after)
  const show = (value: unknown): unknown => (value !== undefined && sensitive ? HIDDEN : value)
  fields.push({
    path,
    ...(before !== undefined && { before: show(before) }),
    ...(after !== undefined && { after: show(after) }),
    ...(sensitive && { sensitive }),
  })
}

/** Attributes that carry whatever the author puts in them, secrets included: a share's password is in `driver_opts`. */
const FREE =
  /^(environment|command|entrypoint|annotations|healthcheck\.test|build\.args|storage_opt)\b|(^|\.)(labels|driver_opts|options)\b/i

/** A name that says what its value is, however harmless that looks. */
const SECRET_NAME = /pass|secret|token|credential|private|auth|[_-]key\b|apikey|\bpin\b/i

/** Values nobody would keep secret: switches, small numbers, sizes, durations, versions, levels, kinds of place. */
const HARMLESS =
  /^(true|false|on|off|yes|no|[0-9]{1,6}|\d{1,6}(\.\d{1,6})?(ms|s|m|h|d|k|kb|mb|gb|g|%)?|v?\d{1,4}\.\d{1,4}(\.\d{1,5})?(-(alpha|beta|rc)\.?\d*)?|trace|debug|info|notice|warn|warning|error|fatal|production|prod|staging|development|dev|test)$/i

function maySecret(path: string, value: unknown): boolean {
  if (value === undefined || value === null) return false
  if (!FREE.test(path)) {
    if (typeof value !== 'object') return false
    return Object.entries(value).some(([key, part]) => maySecret(`${path}.${key}`, part))
  }
  if (SECRET_NAME.test(path)) return true
  return !(typeof value === 'string' ? HARMLESS.test(value) : typeof value === 'number' || typeof value === 'boolean')
}

function isFilled(value: unknown): boolean {
  return isTree(value) && Object.keys(value).length > 0
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function keysOf(a: Tree, b: Tree): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
}
