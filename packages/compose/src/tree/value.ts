/**
 * A value between parsing and the canonical model. Mappings have no prototype, so that no key of a file is special.
 * Integers are integral numbers; a float that happens to be integral, or a number that a double cannot hold, is an
 * `Exact` until interpolation has decided whether its text or its value matters at its place.
 */
export type Value = string | number | boolean | null | Exact | Value[] | Tree
export interface Tree {
  [key: string]: Value
}

/** A scalar whose text in Go differs from what JavaScript would print for its value. */
export class Exact {
  readonly value: number | string
  readonly text: string

  constructor(value: number | string, text: string) {
    this.value = value
    this.text = text
  }
}

export function newTree(): Tree {
  return Object.create(null)
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Exact)
}

export function cloneValue(value: Value): Value {
  if (Array.isArray(value)) return value.map(cloneValue)
  if (!isTree(value)) return value
  const copy = newTree()
  for (const key in value) copy[key] = cloneValue(value[key] as Value)
  return copy
}

export function equalValues(a: Value | undefined, b: Value | undefined): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equalValues(item, b[index]))
  }
  if (!isTree(a) || !isTree(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && equalValues(a[key], b[key]))
}

/** What kind of value it is, in the words a Compose author knows. */
export function describeKind(value: Value | undefined): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return 'a text'
  if (typeof value === 'boolean') return 'true or false'
  if (typeof value === 'number' || value instanceof Exact) return 'a number'
  return 'a mapping'
}
