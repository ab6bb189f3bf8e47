import { floatText } from '../tree/go-text.ts'
import { Exact, type Value } from '../tree/value.ts'
import { type ScalarNode, YamlError } from './node.ts'

const CONSTANTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...['true', 'True', 'TRUE'].map((text) => [text, true] as const),
  ...['false', 'False', 'FALSE'].map((text) => [text, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((text) => [text, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((text) => [text, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((text) => [text, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((text) => [text, Number.NEGATIVE_INFINITY] as const),
  ...['-0', '-0.0'].map((text) => [text, new Exact(0, '-0')] as const),
])
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?(Z|[-+]\d\d:\d\d)?)?$/
const RESOLVABLE = new Set(['', '!!str', '!!bool', '!!int', '!!float', '!!null', '!!timestamp'])

/**
 * The value of a scalar as Docker Compose's reader sees it: YAML 1.2's words, but YAML 1.1's octals, underscores in
 * numbers, and dates.
 */
export function resolveScalar(node: ScalarNode): Value {
  const { value, tag } = node
  if (!node.plain && (tag === '' || tag === '!')) return value
  if (tag === '!!str' || tag === '!') return value
  if (tag === '!!binary') return decodeBinary(node)
  if (!RESOLVABLE.has(tag)) return value
  const resolved = resolvePlain(value, tag === '' || tag === '!!timestamp')
  if (typeof resolved === 'number' && !Number.isFinite(resolved)) {
    throw new YamlError('parse/number', node.line, node.column, `${value} is not a finite number`, 'Put it in quotes')
  }
  if (tag === '') return resolved
  if (tag === '!!float' && typeof resolved === 'number') {
    return Number.isInteger(resolved) ? new Exact(resolved, floatText(resolved)) : resolved
  }
  if (tagOf(resolved) !== tag) {
    throw new YamlError(
      'parse/tag',
      node.line,
      node.column,
      `'${value}' is not a ${tag.slice(2)}`,
      `Remove the tag ${tag}`,
    )
  }
  return resolved
}

function tagOf(value: Value): string {
  if (value === null) return '!!null'
  if (typeof value === 'boolean') return '!!bool'
  if (typeof value === 'number') return Number.isInteger(value) ? '!!int' : '!!float'
  if (value instanceof Exact)
    return typeof value.value === 'string' ? '!!timestamp' : /^[-+]?\d+$/.test(value.text) ? '!!int' : '!!float'
  return '!!str'
}

/** What a plain scalar means, with or without looking for dates. */
export function resolvePlain(text: string, dates: boolean): Value {
  const c = text.charCodeAt(0)
  const numeric = (c >= 0x30 && c <= 0x39) || c === 0x2b || c === 0x2d || c === 0x2e
  if (!numeric) {
    // Only y, n, t, f, o and ~ begin a constant that is not a number.
    if (text === '' || 'yYnNtTfFoO~'.includes(text[0] as string)) {
      const constant = CONSTANTS.get(text)
      if (constant !== undefined) return constant
    }
    return text
  }
  const constant = CONSTANTS.get(text)
  if (constant !== undefined) return constant
  if (c === 0x2e) return FLOAT.test(text) ? float(text) : text
  if (dates && text.charCodeAt(4) === 0x2d) {
    const date = timestamp(text)
    if (date !== undefined) return date
  }
  const plain = text.includes('_') ? text.replaceAll('_', '') : text
  if (INTEGER.test(plain)) {
    const integer = parseInteger(plain)
    if (integer !== undefined) return integer
  }
  return FLOAT.test(plain) ? float(plain) : text
}

function parseInteger(text: string): Value | undefined {
  const signed = text.startsWith('-') || text.startsWith('+')
  const digits = (signed ? text.slice(1) : text).replace(/^0(?=[0-7])/, '0o')
  const size = BigInt(digits)
  const value = text.startsWith('-') ? -size : size
  if (value < -(2n ** 63n) || value >= 2n ** (signed ? 63n : 64n)) return undefined
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : new Exact(number, String(value))
}

function float(text: string): Value {
  const value = Number(text)
  if (!Number.isFinite(value)) return text
  return Number.isInteger(value) ? new Exact(value, floatText(value)) : value
}

/** A date has two texts: RFC 3339 where Compose checks it, and Go's own where it is turned into text. */
function timestamp(text: string): Exact | undefined {
  const match = TIMESTAMP.exec(text)
  if (match === null) return undefined
  const [, year = '', month = '', day = '', separator, hour, minute, second, fraction = '', zone] = match
  // With a T the zone is required; with a blank it cannot be given.
  if (separator !== undefined && (separator === ' ') !== (zone === undefined)) return undefined
  const two = (part: string | undefined) => (part ?? '').padStart(2, '0')
  const date = `${year}-${two(month)}-${two(day)}`
  const calendar = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(calendar.getTime()) || calendar.getUTCDate() !== Number(day)) return undefined
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) return undefined
  const decimals = fraction.replace(/0+$/, '')
  const time = `${two(hour ?? '0')}:${two(minute ?? '0')}:${two(second ?? '0')}${decimals === '' ? '' : `.${decimals}`}`
  const utc = zone === undefined || zone === 'Z'
  const offset = utc ? '+0000 UTC' : `${zone.replace(':', '')} ${zone.replace(':', '')}`
  return new Exact(`${date}T${time}${utc ? 'Z' : zone}`, `${date} ${time} ${offset}`)
}

function decodeBinary(node: ScalarNode): string {
  try {
    const bytes = Uint8Array.from(atob(node.value.replace(/[\r\n]/g, '')), (character) => character.charCodeAt(0))
    return new TextDecoder().decode(bytes)
  } catch {
    throw new YamlError(
      'parse/tag',
      node.line,
      node.column,
      'this is not base64',
      'Encode the value, or remove !!binary',
    )
  }
}
