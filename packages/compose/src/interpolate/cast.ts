import type { Value } from '../tree/value.ts'

/** What a text must be at its place; `undefined` when it is not. */
export type Cast = (text: string) => Value | undefined

const INTEGER = /^[-+]?[0-9]+$/
const DECIMAL = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/
const TRUE = new Set(['true', 'y', 'yes', 'on'])
const FALSE = new Set(['false', 'n', 'no', 'off'])

export function toInteger(text: string): number | undefined {
  if (!INTEGER.test(text)) return undefined
  const value = Number(text)
  return Math.abs(value) <= 2 ** 63 ? value : undefined
}

export function toFloat(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** With single precision, as Docker Compose keeps numbers of processors. */
export function toFloat32(text: string): number | undefined {
  const value = toFloat(text)
  if (value === undefined) return undefined
  const single = Math.fround(value)
  return Number.isFinite(single) ? single : undefined
}

/** YAML 1.2's two words, and those of YAML 1.1 for old files. */
export function toBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase()
  if (TRUE.has(word)) return true
  if (FALSE.has(word)) return false
  return undefined
}
