import { InvalidTemplate, type Lookup, MissingVariable, type OnUnset, substitute } from '../interpolate/template.ts'

export type Variables = Record<string, string>

/** A line that is not an assignment; lines count from 1. */
export class EnvFileError extends Error {
  override name = 'EnvFileError'
  readonly line: number
  readonly hint: string

  constructor(line: number, message: string, hint: string) {
    super(message)
    this.line = line
    this.hint = hint
  }
}

const ESCAPE = /\\(?:[abcfnrtv$"\\]|0\d{0,3})/g
const CONTROL: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
}
const BLANK = /[\t\v\f\r \x85\xa0]/
const SPACE = /\s|\x85/

/**
 * Adds the variables of an env file in Docker Compose's dialect to `variables`: `export`, quotes, several lines in
 * quotes, comments, `NAME` alone (taken from `lookup`), `NAME: value`, and variables of other lines in values.
 * `lookup` wins over earlier lines. Throws EnvFileError.
 */
export function readEnvFile(text: string, variables: Variables, lookup: Lookup, onUnset: OnUnset): void {
  new EnvFileReader(text.startsWith('\ufeff') ? text.slice(1) : text, variables, lookup, onUnset).read()
}

class EnvFileReader {
  readonly #text: string
  readonly #variables: Variables
  readonly #lookup: Lookup
  readonly #onUnset: OnUnset
  #pos = 0

  constructor(text: string, variables: Variables, lookup: Lookup, onUnset: OnUnset) {
    this.#text = text
    this.#variables = variables
    this.#lookup = lookup
    this.#onUnset = onUnset
  }

  read(): void {
    while (this.#skipToStatement()) {
      const start = this.#pos
      const { name, assigned } = this.#name()
      if (name.includes(' ')) this.#fail(start, `the name '${name}' contains a space`, 'Write NAME=value')
      if (assigned) this.#variables[name] = this.#value()
      else {
        const value = this.#lookup(name)
        if (value !== undefined) this.#variables[name] = value
      }
    }
  }

  #fail(pos: number, message: string, hint: string): never {
    throw new EnvFileError(this.#text.slice(0, pos).split('\n').length, message, hint)
  }

  /** Skips spaces and comments; false at the end. */
  #skipToStatement(): boolean {
    const text = this.#text
    for (;;) {
      while (this.#pos < text.length && SPACE.test(text[this.#pos] as string)) this.#pos++
      if (this.#pos >= text.length) return false
      if (text[this.#pos] !== '#') return true
      const end = text.indexOf('\n', this.#pos)
      if (end < 0) return false
      this.#pos = end
    }
  }

  #name(): { name: string; assigned: boolean } {
    const text = this.#text
    const prefix = /export\s+/y
    prefix.lastIndex = this.#pos
    if (prefix.test(text)) {
      this.#pos += 'export'.length
      this.#skipBlanks()
    }
    const start = this.#pos
    for (let at = start; at < text.length; ) {
      const c = String.fromCodePoint(text.codePointAt(at) as number)
      if (c === '=' || c === ':' || c === '\n') {
        this.#pos = at + 1
        this.#skipBlanks()
        return { name: text.slice(start, at).trimEnd(), assigned: c !== '\n' }
      }
      if (!BLANK.test(c) && !/[_.\-[\]\p{L}\p{N}]/u.test(c)) {
        const line = text.slice(start).split('\n', 1)[0] ?? ''
        const name = line.split('=', 1)[0] ?? ''
        this.#fail(start, `'${c}' cannot be part of the name of a variable, in '${name}'`, 'Write NAME=value')
      }
      at += c.length
    }
    // A last line without `=` and without an end is, for Docker Compose, the value of a variable without a name.
    return { name: '', assigned: true }
  }

  #skipBlanks(): void {
    while (this.#pos < this.#text.length && BLANK.test(this.#text[this.#pos] as string)) this.#pos++
  }

  #value(): string {
    const text = this.#text
    const quote = text[this.#pos]
    if (quote === '"' || quote === "'") return this.#quoted(quote)
    const start = this.#pos
    const end = text.indexOf('\n', start)
    this.#pos = end < 0 ? text.length : end + 1
    const line = text.slice(start, end < 0 ? text.length : end)
    const comment = line.indexOf(' #')
    return this.#expand((comment < 0 ? line : line.slice(0, comment)).trimEnd(), start)
  }

  #quoted(quote: string): string {
    const text = this.#text
    const start = this.#pos
    let value = ''
    let escaped = false
    for (let at = start + 1; at < text.length; at++) {
      const c = text[at] as string
      if (c === quote && !escaped) {
        this.#pos = at + 1
        return quote === '"' ? this.#expand(value.replace(ESCAPE, expandEscape), start) : value
      }
      if (c === '\\' && !escaped) {
        escaped = true
        continue
      }
      if (escaped && c !== quote) value += '\\'
      escaped = false
      value += c
    }
    return this.#fail(start, `the quote ${quote} is never closed`, 'Close it')
  }

  #expand(value: string, pos: number): string {
    if (!value.includes('$')) return value
    const known = (name: string) =>
      this.#lookup(name) ?? (Object.hasOwn(this.#variables, name) ? this.#variables[name] : undefined)
    try {
      return substitute(value, known, this.#onUnset)
    } catch (error) {
      if (error instanceof InvalidTemplate)
        this.#fail(pos, `a $ begins no variable in '${error.message}'`, 'Write $$ for a $, or use single quotes')
      if (error instanceof MissingVariable) this.#fail(pos, error.message, `Set ${error.variable}`)
      throw error
    }
  }
}

function expandEscape(sequence: string): string {
  if (sequence === '\\$') return '$$'
  const letter = sequence[1] as string
  if (letter !== '0') return Object.hasOwn(CONTROL, letter) ? (CONTROL[letter] as string) : sequence
  const octal = sequence.slice(2)
  const code = Number.parseInt(octal, 8)
  return /^[0-7]{3}$/.test(octal) && code <= 255 ? String.fromCharCode(code) : `\\${octal}`
}

/** Adds the variables of an env file in `docker run --env-file`'s dialect: values are taken as they are. */
export function readRawEnvFile(text: string, variables: Variables, lookup: Lookup): void {
  const lines = (text.startsWith('\ufeff') ? text.slice(1) : text).split('\n')
  lines.forEach((whole, index) => {
    const line = whole.replace(/\r$/, '').trimStart()
    if (line === '' || line.startsWith('#')) return
    const at = line.indexOf('=')
    const name = at < 0 ? line : line.slice(0, at)
    if (name === '') throw new EnvFileError(index + 1, 'a value has no name', 'Write NAME=value')
    if (/[ \t]/.test(name)) throw new EnvFileError(index + 1, `the name '${name}' contains a space`, 'Write NAME=value')
    const value = at < 0 ? lookup(line) : line.slice(at + 1)
    if (value !== undefined) variables[name] = value
  })
}
