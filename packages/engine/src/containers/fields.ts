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
  if (isTree(before) && isTree(after)) {
    for (const key of keysOf(before, after)) compare(path ? `${path}.${key}` : key, before[key], after[key], fields)
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

/** Attributes that carry whatever the author puts in them, secrets included. */
const FREE = /^(environment|command|entrypoint|labels|annotations|healthcheck\.test|build\.args|logging\.options)\b/

/** Values nobody would keep secret: switches, small numbers, sizes, durations, versions, levels, kinds of place. */
const HARMLESS =
  /^(true|false|on|off|yes|no|[0-9]{1,6}|\d{1,6}(\.\d{1,6})?(ms|s|m|h|d|k|kb|mb|gb|g|%)?|v?\d{1,4}\.\d{1,4}(\.\d{1,5})?(-(alpha|beta|rc)\.?\d*)?|trace|debug|info|notice|warn|warning|error|fatal|production|prod|staging|development|dev|test)$/i

function maySecret(path: string, value: unknown): boolean {
  if (value === undefined || value === null || !FREE.test(path)) return false
  return !(typeof value === 'string' ? HARMLESS.test(value) : typeof value === 'number' || typeof value === 'boolean')
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function keysOf(a: Tree, b: Tree): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
}
