import { toBoolean, toFloat, toInteger } from '../interpolate/cast.ts'
import { goText } from '../tree/go-text.ts'
import { describeKind, isTree, type Value } from '../tree/value.ts'
import { asText, type Decoder, ordinaryEntries, setOwn, Unfit } from './decoder.ts'
import { formatDuration, parseBytes, parseDuration, shortestFloat32 } from './measure.ts'
import { splitCommand } from './words.ts'

function unfit(value: Value, wanted: string): never {
  throw new Unfit(
    `should be ${wanted}, not ${typeof value === 'string' ? `'${value}'` : describeKind(value)}`,
    `Give ${wanted}`,
  )
}

/** A text, left out when empty. */
export const text: Decoder = (value) => asText(value) || undefined

/** A text, also when empty. */
export const requiredText: Decoder = Object.assign((value: Value) => asText(value), { absent: '' })

function booleanOf(value: Value): boolean {
  const boolean = typeof value === 'string' ? toBoolean(value) : value
  return typeof boolean === 'boolean' ? boolean : unfit(value, 'true or false')
}

/** `true`, or left out. */
export const flag: Decoder = (value) => booleanOf(value) || undefined

/** `false`, or left out: the attribute is true by default. */
export const optOut: Decoder = (value) => (booleanOf(value) ? undefined : false)

/** Either, when given. */
export const choice: Decoder = (value) => booleanOf(value)

function integerOf(value: Value): number {
  const number = typeof value === 'string' ? toInteger(value) : value
  return typeof number === 'number' ? Math.trunc(number) : unfit(value, 'a whole number')
}

/** A whole number, left out when 0. */
export const integer: Decoder = (value) => integerOf(value) || undefined

/** A whole number, also 0. */
export const givenInteger: Decoder = (value) => integerOf(value)

function countOf(value: Value, bits: number): number {
  if (typeof value !== 'number') unfit(value, 'a number')
  const number = Math.trunc(value)
  if (number >= 0 && number < 2 ** bits) return number
  throw new Unfit(`cannot be ${number}`, `Give a number from 0 to ${2 ** bits - 1}`)
}

/** A whole number from 0, left out when 0. */
export const count: Decoder = (value) => countOf(value, 32) || undefined

/** A weight of block devices, left out when 0. */
export const weight: Decoder = (value) => countOf(value, 16) || undefined
export const requiredWeight: Decoder = Object.assign((value: Value) => countOf(value, 16), { absent: 0 })

/** A whole number from 0, also 0. */
export const givenCount: Decoder = (value) => countOf(value, 64)

export const requiredInteger: Decoder = Object.assign((value: Value) => integerOf(value), { absent: 0 })

/** A number with single precision, left out when 0. */
export const float32: Decoder = (value) => {
  const number = typeof value === 'string' ? toFloat(value) : value
  if (typeof number !== 'number') unfit(value, 'a number')
  return shortestFloat32(number) || undefined
}

/** Texts; left out when there are none. */
export const texts: Decoder = (value) => {
  if (!Array.isArray(value)) unfit(value, 'a list')
  return value.length === 0 ? undefined : value.map((item) => (item === null ? '' : asText(item)))
}

/** A text or a list of texts, as a list; left out when there are none. */
export const textOrTexts: Decoder = (value) => {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) unfit(value, 'a text or a list')
  for (const item of value) if (typeof item !== 'string') unfit(item, 'a text')
  return value.length === 0 ? undefined : value
}

/** A list of texts and numbers, as texts. */
export const textsOrNumbers: Decoder = (value) => {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) unfit(value, 'a list')
  return value.length === 0 ? undefined : value.map(goText)
}

/** Words of a command, `null` when the image decides. */
export const command: Decoder = Object.assign(
  (value: Value) => {
    if (typeof value === 'string') {
      const words = splitCommand(value)
      if (words !== undefined) return words
      throw new Unfit(
        `has quotes or parentheses that do not match: ${value}`,
        'Quote it as a shell would, or write it as a list',
      )
    }
    if (!Array.isArray(value)) return null
    for (const item of value) if (typeof item !== 'string') unfit(item, 'a list of texts')
    return value
  },
  { absent: null },
)

export const healthTest: Decoder = (value) => {
  if (typeof value === 'string') return ['CMD-SHELL', value]
  if (!Array.isArray(value)) unfit(value, 'a text or a list')
  for (const item of value) if (typeof item !== 'string') unfit(item, 'a list of texts')
  return value.length === 0 ? undefined : value
}

/** Names to texts; in a list `name=text`. Left out when empty. */
export const labels: Decoder = (value) => texted(value, (item) => (item === null ? '' : goText(item)), '')

/** As labels, but not as a list. */
export const options: Decoder = (value) => {
  if (!isTree(value)) unfit(value, 'a mapping')
  return labels(value, NOWHERE)
}

/** Names to texts, without conversion but of whole numbers. */
export const textMapping: Decoder = (value) => {
  if (!isTree(value)) unfit(value, 'a mapping')
  return texted(value, (item) => (item === null ? '' : asText(item)), '')
}

/** Variables; a name without a value is `null`. */
export const variables: Decoder = (value) => {
  if (Array.isArray(value)) {
    for (const item of value) {
      const name = goText(item).split('=', 1)[0] ?? ''
      if (/\s$/.test(name))
        throw new Unfit(`has a variable whose name ends with a space: '${name}'`, 'Remove the space before =')
    }
  }
  return texted(value, (item) => (item === null ? null : goText(item)), null)
}

const NOWHERE = { path: [], report: undefined as never }

function texted(value: Value, convert: (item: Value) => string | null, missing: string | null) {
  const result: Record<string, string | null> = {}
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) {
      const line = goText(item)
      const at = line.indexOf('=')
      setOwn(result, at < 0 ? line : line.slice(0, at), at < 0 ? missing : line.slice(at + 1))
      count++
    }
  } else if (isTree(value)) {
    for (const [key, item] of ordinaryEntries(value)) {
      setOwn(result, key, convert(item))
      count++
    }
  } else unfit(value, 'a mapping or a list')
  return count === 0 ? undefined : result
}

/** Options that can be given several times. */
export const multiOptions: Decoder = (value) => {
  if (!isTree(value)) unfit(value, 'a mapping')
  const result: Record<string, string[]> = {}
  let count = 0
  for (const [key, item] of ordinaryEntries(value)) {
    const texts = Array.isArray(item) ? item.map(goText) : [goText(item)]
    if (texts.length === 0) continue
    setOwn(result, key, texts)
    count++
  }
  return count === 0 ? undefined : result
}

/** Digits of a number of bytes. */
function bytesOf(value: Value): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : '0'
  if (typeof value !== 'string') return '0'
  const bytes = parseBytes(value)
  if (bytes !== undefined) return bytes
  throw new Unfit(`is not a number of bytes: '${value}'`, 'Write digits and a unit, such as 512m or 2g')
}

/** A number of bytes, left out when 0. */
export const bytes: Decoder = (value) => {
  const digits = bytesOf(value)
  return digits === '0' ? undefined : digits
}

export const requiredBytes: Decoder = Object.assign((value: Value) => bytesOf(value), { absent: '0' })

function durationOf(value: Value): string {
  const given = goText(value)
  const duration = parseDuration(given)
  if (duration !== undefined) return formatDuration(duration)
  throw new Unfit(`is not a duration: '${given}'`, 'Write a number and a unit, such as 30s or 1m30s')
}

/** A duration, also 0. */
export const givenDuration: Decoder = (value) => durationOf(value)

/** A duration, left out when 0. */
export const duration: Decoder = (value) => {
  const formatted = durationOf(value)
  return formatted === '0s' ? undefined : formatted
}

/** File permissions: octal digits in a text, or a number (which YAML has read as octal already). */
export const fileMode: Decoder = (value) => {
  if (typeof value === 'string') {
    if (!/^[-+]?[0-7]+$/.test(value))
      throw new Unfit(`is not made of octal digits: '${value}'`, "Write them as in '0440'")
    return `0${Number.parseInt(value, 8).toString(8)}`
  }
  return `0${integerOf(value).toString(8)}`
}

/** One limit for both, or two. */
export const ulimit: Decoder = (value) => {
  if (typeof value === 'number') return value === 0 ? {} : value
  if (!isTree(value)) unfit(value, 'a number or a mapping')
  const result: Record<string, unknown> = {}
  for (const key of ['soft', 'hard']) {
    const limit = value[key]
    if (limit === undefined) continue
    const number = integerOf(limit)
    if (number !== 0) result[key] = number
  }
  return result
}

/** How many devices: a number, or -1 for all. */
export const deviceCount: Decoder = (value) => {
  if (typeof value === 'string' && value.toLowerCase() === 'all') return -1
  const count = typeof value === 'string' ? toInteger(value) : value
  if (typeof count !== 'number' || !Number.isInteger(count)) unfit(value, "a whole number or 'all'")
  return count || undefined
}

/** Hosts and their addresses, as `host=address` in order. */
export const hosts: Decoder = (value) => {
  const found: [string, string][] = []
  if (isTree(value)) {
    for (const [host, addresses] of ordinaryEntries(value)) {
      if (Array.isArray(addresses)) for (const address of addresses) found.push([host, goText(address)])
      else if (typeof addresses === 'string' || addresses === null) found.push([host, addresses ?? ''])
      else unfit(addresses, 'an address')
    }
  } else if (Array.isArray(value)) {
    for (const item of value) {
      const line = goText(item)
      const separator = line.includes('=') ? '=' : ':'
      const at = line.indexOf(separator)
      if (at < 0) throw new Unfit(`has a host without an address: '${line}'`, 'Write host=address')
      for (const address of line.slice(at + 1).split(',')) found.push([line.slice(0, at), address])
    }
  } else unfit(value, 'a mapping or a list')
  for (const [host] of found) {
    if (host === '#extensions') throw new Unfit('has a host whose name begins with x-', 'Write the hosts as a list')
    if (host === '' || /[:=]/.test(host)) throw new Unfit(`has a malformed host name: '${host}'`, 'Write host=address')
  }
  const lines = found.map(([host, address]) => `${host}=${address.replace(/^\[(.+)\]$/, '$1')}`)
  return lines.length === 0 ? undefined : lines.sort()
}

/** Identifiers of SSH agents and keys: `id` or `id=path`. */
export const sshKeys: Decoder = (value) => {
  if (!isTree(value)) unfit(value, 'a mapping or a list')
  const keys = Object.keys(value).map((id) =>
    value[id] === null || value[id] === '' ? id : `${id}=${goText(value[id] as Value)}`,
  )
  return keys.length === 0 ? undefined : keys.sort()
}
