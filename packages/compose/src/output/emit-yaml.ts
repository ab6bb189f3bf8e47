import { resolvePlain } from '../parse/resolve.ts'

/** Data as block YAML, with two spaces of indentation. Mappings are Maps or objects; `undefined` is left out. */
export function emitYaml(value: unknown): string {
  const lines: string[] = []
  emit(value, 0, '', lines)
  return `${lines.join('\n')}\n`
}

/** Adds the lines of a value. `lead` is what stands before it on its first line: `key:`, `-`, or both. */
function emit(value: unknown, depth: number, lead: string, lines: string[]): void {
  if (Array.isArray(value) && value.length > 0) {
    const inner = lead === '' ? depth : begin(lead, depth, lines)
    for (const item of value) emit(item, inner + 1, `${'  '.repeat(inner)}-`, lines)
    return
  }
  const entries = entriesOf(value)
  if (entries !== undefined && entries.length > 0) {
    if (lead.endsWith('-')) {
      entries.forEach(([key, item], index) => {
        const start = index === 0 ? `${lead} ` : '  '.repeat(depth)
        emit(item, depth, `${start}${keyText(key)}:`, lines)
      })
      return
    }
    const inner = lead === '' ? depth : begin(lead, depth, lines)
    for (const [key, item] of entries) emit(item, inner, `${'  '.repeat(inner)}${keyText(key)}:`, lines)
    return
  }
  const text = Array.isArray(value)
    ? '[]'
    : entries !== undefined
      ? '{}'
      : scalarText(value, lead.endsWith('-') ? depth : depth + 1)
  lines.push(lead === '' ? text : `${lead} ${text}`)
}

function begin(lead: string, depth: number, lines: string[]): number {
  lines.push(lead)
  return lead.endsWith('-') ? depth : depth + 1
}

function entriesOf(value: unknown): [string, unknown][] | undefined {
  if (value instanceof Map) return [...value].filter(([, item]) => item !== undefined)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.entries(value).filter(([, item]) => item !== undefined)
}

/** Words that YAML 1.1 takes for booleans, and its numbers to the base of 60: quoted for readers older than ours. */
const OLD_BOOLEAN = /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|=|<<)$/
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
/** Controls, line breaks that only YAML 1.1 knows, and halves of characters: written as escapes. */
const UNPRINTABLE = new RegExp(
  '[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ufffe\\uffff]' +
    '|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
)

function scalarText(value: unknown, depth: number): string {
  if (typeof value !== 'string')
    return typeof value === 'number' && !Number.isFinite(value) ? specialNumber(value) : String(value)
  if (value.includes('\n')) return blockText(value, depth) ?? doubleQuoted(value)
  if (UNPRINTABLE.test(value)) return doubleQuoted(value)
  if (OLD_BOOLEAN.test(value) || BASE_60.test(value)) return `"${value}"`
  if (typeof resolvePlain(value, true) !== 'string') return `"${value}"`
  return isPlain(value) ? value : singleQuoted(value)
}

/** A key is on one line. */
function keyText(key: string): string {
  return key.includes('\n') ? doubleQuoted(key) : scalarText(key, 0)
}

function specialNumber(value: number): string {
  return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf'
}

function isPlain(value: string): boolean {
  if (/^[\s#,[\]{}&*!|>'"%@`]|^[-?:](?:\s|$)|\s$|^(?:---|\.\.\.)/.test(value)) return false
  return !/:(?:\s|$)|\s#|\t/.test(value)
}

function singleQuoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

function doubleQuoted(value: string): string {
  const escaped = JSON.stringify(value)
  return escaped.replace(
    new RegExp(UNPRINTABLE.source, 'g'),
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Text of several lines as a literal block; `undefined` where a block could not say it exactly. */
function blockText(value: string, depth: number): string | undefined {
  if (/^[\s]/.test(value) || /[ \t](?:\n|$)/.test(value) || UNPRINTABLE.test(value)) return undefined
  const chomp = value.endsWith('\n\n') ? '+' : value.endsWith('\n') ? '' : '-'
  const body = value.endsWith('\n') ? value.slice(0, -1) : value
  const indent = '  '.repeat(depth)
  return `|${chomp}\n${body.replace(/^(?=.)/gm, indent)}`
}
