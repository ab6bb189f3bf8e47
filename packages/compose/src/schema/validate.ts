import { nearest } from './nearest.ts'
import type { Rule } from './rule.ts'
import { rules } from './rules.generated.ts'

/** Keys and list positions from the root of the document to the value. */
export type Path = readonly (string | number)[]

/** Why a document is not a Compose file. Codes are stable; the message is a clause without the place. */
export type Violation = {
  code:
    | 'schema.type'
    | 'schema.unknown-key'
    | 'schema.missing-key'
    | 'schema.value'
    | 'schema.range'
    | 'schema.pattern'
    | 'schema.duplicate'
  /** The value, or for an unknown key the key. For a missing key the mapping that lacks it. */
  path: Path
  message: string
  hint?: string
}

/**
 * Holds a document (merged, variables filled in, short and long forms as written) against the schema of Compose files.
 * Takes plain data: mappings, lists, text, numbers, booleans and null. Returns every violation, in document order; none
 * means that Docker Compose 5.6 accepts the document's shape, too.
 */
export function validate(document: unknown): Violation[] {
  const violations: Violation[] = []
  check(document, rules, [], violations)
  return violations
}

type Mapping = { readonly [key: string]: unknown }

function check(value: unknown, rule: Rule, path: Path, out: Violation[]): void {
  if (rule.type !== undefined && !admits(rule.type, value)) {
    out.push({ code: 'schema.type', path, message: `must be ${listTypes(typesOf(rule))}, not ${kindOf(value)}` })
    return
  }
  if (rule.anyOf !== undefined) checkForms(value, rule.anyOf, path, out)
  if (typeof value === 'string') checkText(value, rule, path, out)
  else if (typeof value === 'number') checkNumber(value, rule, path, out)
  else if (Array.isArray(value)) checkList(value, rule, path, out)
  else if (isMapping(value)) checkMapping(value, rule, path, out)
}

/** Forms differ in the type of the value, so the type tells which one the author meant. */
function checkForms(value: unknown, forms: readonly Rule[], path: Path, out: Violation[]): void {
  const candidates = forms.filter((form) => form.type === undefined || admits(form.type, value))
  const [only, ...others] = candidates
  if (only === undefined) {
    const types = forms.flatMap(typesOf)
    out.push({ code: 'schema.type', path, message: `must be ${listTypes(types)}, not ${kindOf(value)}` })
    return
  }
  if (others.length === 0) {
    check(value, only, path, out)
    return
  }
  let first: Violation[] | undefined
  for (const form of candidates) {
    const found: Violation[] = []
    check(value, form, path, found)
    if (found.length === 0) return
    first ??= found
  }
  if (forms.every((form) => form.required !== undefined)) {
    const keys = forms.flatMap((form) => form.required ?? [])
    out.push({ code: 'schema.missing-key', path, message: `needs ${quoted(keys, 'or')}` })
  } else out.push(...(first ?? []))
}

function checkText(value: string, rule: Rule, path: Path, out: Violation[]): void {
  if (rule.enum !== undefined && !rule.enum.includes(value)) {
    const meant = nearest(value, rule.enum)
    out.push({
      code: 'schema.value',
      path,
      message: `must be ${quoted(rule.enum, 'or')}, not \`${shorten(value)}\``,
      ...(meant === undefined ? {} : { hint: `did you mean \`${meant}\`?` }),
    })
  }
  if (rule.pattern !== undefined && !matches(rule.pattern, value)) {
    out.push({
      code: 'schema.pattern',
      path,
      message: `has the value \`${shorten(value)}\`, which is not allowed here`,
    })
  }
}

function checkNumber(value: number, rule: Rule, path: Path, out: Violation[]): void {
  if (rule.minimum !== undefined && value < rule.minimum) {
    out.push({ code: 'schema.range', path, message: `must be at least ${rule.minimum}, not ${value}` })
  }
  if (rule.maximum !== undefined && value > rule.maximum) {
    out.push({ code: 'schema.range', path, message: `must be at most ${rule.maximum}, not ${value}` })
  }
}

function checkList(value: readonly unknown[], rule: Rule, path: Path, out: Violation[]): void {
  const seen = rule.uniqueItems ? new Map<string, number>() : undefined
  value.forEach((item, index) => {
    if (rule.items !== undefined) check(item, rule.items, [...path, index], out)
    if (seen === undefined) return
    const key = JSON.stringify(item, sortedKeys)
    const before = seen.get(key)
    if (before === undefined) seen.set(key, index)
    else {
      out.push({
        code: 'schema.duplicate',
        path: [...path, index],
        message: `says the same as entry ${before + 1} of the list`,
        hint: 'take one of them out',
      })
    }
  })
}

function checkMapping(value: Mapping, rule: Rule, path: Path, out: Violation[]): void {
  for (const key of rule.required ?? []) {
    if (!Object.hasOwn(value, key)) out.push({ code: 'schema.missing-key', path, message: `needs the key \`${key}\`` })
  }
  for (const key of Object.keys(value)) {
    const inside = [...path, key]
    let known = false
    if (rule.properties !== undefined && Object.hasOwn(rule.properties, key)) {
      known = true
      const property = rule.properties[key]
      if (property !== undefined) check(value[key], property, inside, out)
    }
    for (const pattern in rule.patternProperties) {
      if (!matches(pattern, key)) continue
      known = true
      const property = rule.patternProperties[pattern]
      if (property !== undefined) check(value[key], property, inside, out)
    }
    if (!known && rule.additionalProperties === false) out.push(unknownKey(key, rule, inside))
  }
}

function unknownKey(key: string, rule: Rule, path: Path): Violation {
  const base = { code: 'schema.unknown-key', path } as const
  if (rule.properties === undefined) {
    return {
      ...base,
      message: `\`${shorten(key)}\` is not allowed as a name`,
      hint: 'use letters, digits, dots, dashes and underscores',
    }
  }
  const meant = nearest(key, Object.keys(rule.properties))
  return {
    ...base,
    message: `unknown key \`${shorten(key)}\``,
    hint: meant === undefined ? 'take it out, or begin it with `x-` to keep it' : `did you mean \`${meant}\`?`,
  }
}

const compiled = new Map<string, RegExp>()

function matches(pattern: string, value: string): boolean {
  let expression = compiled.get(pattern)
  if (expression === undefined) {
    expression = new RegExp(pattern, 'u')
    compiled.set(pattern, expression)
  }
  return expression.test(value)
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function admits(type: string | readonly string[], value: unknown): boolean {
  return typeof type === 'string' ? isOf(type, value) : type.some((one) => isOf(one, value))
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isMapping(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

const typesOf = (rule: Rule): readonly string[] =>
  rule.type === undefined ? (rule.anyOf ?? []).flatMap(typesOf) : [rule.type].flat()

const typeNames: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'empty',
}

function listTypes(types: readonly string[]): string {
  return joined(
    [...new Set(types)].map((type) => typeNames[type] ?? type),
    'or',
  )
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'string') return `the text \`${shorten(value)}\``
  return `\`${String(value)}\``
}

const quoted = (words: readonly string[], last: string) =>
  joined(
    words.map((word) => `\`${word}\``),
    last,
  )

function joined(parts: readonly string[], last: string): string {
  const end = parts.at(-1) ?? ''
  return parts.length < 2 ? end : `${parts.slice(0, -1).join(', ')} ${last} ${end}`
}

const shorten = (value: string) => (value.length > 60 ? `${value.slice(0, 57)}...` : value)

const sortedKeys = (_key: string, value: unknown): unknown =>
  isMapping(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value
