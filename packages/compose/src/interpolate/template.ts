/** Finds the value of a variable; `undefined` when it is not set. */
export type Lookup = (name: string) => string | undefined

/** Called with the name of a variable that is not set and has no default: it becomes the empty text. */
export type OnUnset = (name: string) => void

/** `$` used for something that is not a variable. */
export class InvalidTemplate extends Error {
  override name = 'InvalidTemplate'
}

/** `${NAME?reason}` or `${NAME:?reason}` without a value. */
export class MissingVariable extends Error {
  override name = 'MissingVariable'
  readonly variable: string
  readonly reason: string

  constructor(variable: string, reason: string) {
    super(`required variable ${variable} is missing a value${reason === '' ? '' : `: ${reason}`}`)
    this.variable = variable
    this.reason = reason
  }
}

/** Defaults inside defaults beyond which a text is refused. */
const MAX_NESTING = 100
const NAME = /[_a-zA-Z][_a-zA-Z0-9]*/y

/**
 * Replaces `$NAME`, `${NAME}`, `${NAME-default}`, `${NAME:-default}`, `${NAME+other}`, `${NAME:+other}`,
 * `${NAME?reason}`, `${NAME:?reason}`; a default may itself hold variables; `$$` is a `$`. A default cannot span lines.
 * Throws InvalidTemplate or MissingVariable.
 */
export function substitute(template: string, lookup: Lookup, onUnset: OnUnset, nesting = 0): string {
  let at = template.indexOf('$')
  if (at < 0) return template
  if (nesting > MAX_NESTING) throw new InvalidTemplate(template)
  let result = ''
  let done = 0
  while (at >= 0) {
    result += template.slice(done, at)
    const next = template[at + 1]
    if (next === '$') {
      result += '$'
      done = at + 2
    } else if (next === '{') {
      const { value, end } = substituteBraced(template, at, lookup, onUnset, nesting)
      result += value
      done = end
    } else {
      NAME.lastIndex = at + 1
      const name = NAME.exec(template)?.[0]
      if (name === undefined) {
        result += '$'
        done = at + 1
      } else {
        result += valueOfVariable(name, lookup, onUnset)
        done = at + 1 + name.length
      }
    }
    at = template.indexOf('$', done)
  }
  return result + template.slice(done)
}

function valueOfVariable(name: string, lookup: Lookup, onUnset: OnUnset): string {
  const value = lookup(name)
  if (value === undefined) onUnset(name)
  return value ?? ''
}

function substituteBraced(template: string, at: number, lookup: Lookup, onUnset: OnUnset, nesting: number) {
  NAME.lastIndex = at + 2
  const name = NAME.exec(template)?.[0]
  if (name === undefined) throw new InvalidTemplate(template)
  let pos = at + 2 + name.length
  if (template[pos] === '}') return { value: valueOfVariable(name, lookup, onUnset), end: pos + 1 }
  const strict = template[pos] === ':'
  if (strict) pos++
  const operator = template[pos] ?? ''
  const newLine = template.indexOf('\n', at)
  const lastClose = template.lastIndexOf('}', newLine < 0 ? template.length : newLine)
  if (!'-+?'.includes(operator) || operator === '' || lastClose <= pos) throw new InvalidTemplate(template)
  const close = closingBrace(template, at, lastClose)
  const word = template.slice(pos + 1, close)
  const value = lookup(name)
  const given = value !== undefined && (!strict || value !== '')
  const expand = () => substitute(word, lookup, onUnset, nesting + 1)
  if (operator === '?' && !given) throw new MissingVariable(name, expand())
  const keep = operator === '+' ? !given : given
  return { value: keep ? (value ?? '') : expand(), end: close + 1 }
}

/**
 * The brace that closes the one after `at`, or the last of the line when they do not pair up. The character after an
 * opening brace is not looked at, as in Docker Compose: `${A:-{}}` has the default `{}`.
 */
function closingBrace(template: string, at: number, lastClose: number): number {
  let open = 0
  for (let pos = at; pos <= lastClose; pos++) {
    const c = template[pos]
    if (c === '}' && --open === 0) return pos
    if (c === '{') {
      open++
      pos++
    }
  }
  return lastClose
}
