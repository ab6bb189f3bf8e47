import type { Path, Report } from '../diagnostics/report.ts'
import { goText } from '../tree/go-text.ts'
import { describeKind, isTree, type Tree, type Value } from '../tree/value.ts'

/** A value that cannot stand at its place. */
export class Unfit extends Error {
  override name = 'Unfit'
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

/** Where decoding is, for the place of a problem. */
export interface Cursor {
  readonly path: (string | number)[]
  readonly report: Report
}

/**
 * Turns a value in long form into its part of the canonical model. `undefined` leaves the attribute out, as Docker
 * Compose leaves out what is empty. `null` values never get here, but for decoders that say `nullable`.
 */
export interface Decoder {
  (value: Value, cursor: Cursor): unknown
  /** What stands for a value that is absent or null; without it the attribute is left out. */
  readonly absent?: unknown
}

/** Decodes one attribute; a problem is added to the report, and the attribute left out. */
export function decodeAt(decode: Decoder, value: Value | undefined, step: string | number, cursor: Cursor): unknown {
  if (value === null || value === undefined) return decode.absent
  cursor.path.push(step)
  try {
    return decode(value, cursor)
  } catch (error) {
    if (!(error instanceof Unfit)) throw error
    cursor.report.error('model/value', cursor.path as Path, `${cursor.path.join('.')} ${error.message}`, error.hint)
    return decode.absent
  } finally {
    cursor.path.pop()
  }
}

function unfit(value: Value, wanted: string): never {
  throw new Unfit(`should be ${wanted}, not ${describeKind(value)}`, `Give ${wanted}`)
}

/** A mapping with the given attributes. Of others, `x-` extensions are kept and the rest cannot be there. */
export function element(attributes: Readonly<Record<string, Decoder>>): Decoder {
  const always = Object.keys(attributes).filter((key) => attributes[key]?.absent !== undefined)
  return (value, cursor) => {
    if (!isTree(value)) unfit(value, 'a mapping')
    const result: Record<string, unknown> = {}
    for (const key of always) if (!(key in value)) result[key] = clone(attributes[key]?.absent)
    for (const key in value) {
      const decode = Object.hasOwn(attributes, key) ? attributes[key] : undefined
      if (decode === undefined) {
        if (key.startsWith('x-')) result[key] = toPlain(value[key] as Value)
        continue
      }
      const decoded = decodeAt(decode, value[key], key, cursor)
      if (decoded !== undefined) result[key] = decoded === decode.absent ? clone(decoded) : decoded
    }
    return result
  }
}

function clone(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? structuredClone(value) : value
}

/** An element that is in the model also when it was not written. */
export function always(decode: Decoder, absent: unknown): Decoder {
  return Object.assign((value: Value, cursor: Cursor) => decode(value, cursor) ?? absent, { absent })
}

/** An element whose attributes Docker Compose prints with a capital letter. */
export function capitalised(decode: Decoder): Decoder {
  return (value, cursor) => {
    const result: Record<string, unknown> = {}
    for (const [key, item] of Object.entries(decode(value, cursor) as Record<string, unknown>)) {
      result[key.startsWith('x-') ? key : key.charAt(0).toUpperCase() + key.slice(1)] = item
    }
    return result
  }
}

/** A mapping of names to elements. Left out when empty. */
export function named(decode: Decoder): Decoder {
  return (value, cursor) => {
    if (!isTree(value)) unfit(value, 'a mapping')
    const result: Record<string, unknown> = {}
    let count = 0
    for (const key in value) {
      const decoded = decodeAt(decode, value[key], key, cursor)
      if (decoded === undefined) continue
      setOwn(result, key, decoded)
      count++
    }
    return count === 0 ? undefined : result
  }
}

/** As `named`, with `null` for a name that nothing was said of. */
export function namedOrNull(decode: Decoder): Decoder {
  return named(Object.assign((value: Value, cursor: Cursor) => decode(value, cursor), { absent: null }))
}

/** A list of elements. Left out when empty. */
export function list(decode: Decoder): Decoder {
  return (value, cursor) => {
    if (!Array.isArray(value)) unfit(value, 'a list')
    const result = value.map((item, index) => decodeAt(decode, item, index, cursor) ?? {})
    return result.length === 0 ? undefined : result
  }
}

/** `__proto__` is a name like any other. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}

/** A value of an extension, as ordinary data. */
export function toPlain(value: Value): unknown {
  if (Array.isArray(value)) return value.map(toPlain)
  if (!isTree(value)) return typeof value === 'object' && value !== null ? value.value : value
  const result: Record<string, unknown> = {}
  for (const key in value) setOwn(result, key, toPlain(value[key] as Value))
  return result
}

/** A text; a whole number becomes one. */
export function asText(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isInteger(value)) return String(value)
  return unfit(value, 'a text')
}

/**
 * Entries of a mapping whose keys begin with `x-` are taken for extensions by Docker Compose even where any key may
 * stand (labels, variables, options); what it then prints is one odd entry, and so do we.
 */
export function ordinaryEntries(value: Tree): [string, Value][] {
  const entries: [string, Value][] = []
  const extensions: Tree = Object.create(null)
  let some = false
  for (const key in value) {
    if (key.startsWith('x-')) {
      extensions[key] = value[key] as Value
      some = true
    } else entries.push([key, value[key] as Value])
  }
  if (some) entries.push(['#extensions', goText(extensions)])
  return entries
}
