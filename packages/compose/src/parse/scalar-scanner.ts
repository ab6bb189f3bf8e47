import {
  CR,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isFlowIndicator,
  isTagCharacter,
  LF,
  SPACE,
  TAB,
} from './character.ts'
import { YamlError } from './node.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
}
const CODE_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** The position in the text, and the scanning of scalars and tags, whose content has rules of its own. */
export class ScalarScanner {
  readonly text: string
  pos = 0
  /** From 0. */
  line = 0
  indent = -1
  flowLevel = 0
  /** Whether a key may begin at the position. */
  keyAllowed = true
  #lineStart = 0

  constructor(text: string) {
    this.text = text
    if (text.charCodeAt(0) === 0xfeff) {
      this.pos = 1
      this.#lineStart = 1
    }
  }

  /** From 0, in UTF-16 code units. */
  get column(): number {
    return this.pos - this.#lineStart
  }

  fail(code: string, message: string, hint: string): never {
    throw new YamlError(code, this.line + 1, this.column + 1, message, hint)
  }

  /** Skips one line break and gives what it stands for in a scalar. */
  skipBreak(): string {
    const c = this.text.charCodeAt(this.pos)
    this.pos += c === CR && this.text.charCodeAt(this.pos + 1) === LF ? 2 : 1
    this.line++
    this.#lineStart = this.pos
    return c === 0x2028 || c === 0x2029 ? String.fromCharCode(c) : '\n'
  }

  /** `---` or `...` at the beginning of a line. */
  atDocumentIndicator(): boolean {
    const { text, pos } = this
    if (!text.startsWith('---', pos) && !text.startsWith('...', pos)) return false
    return isBlankOrEnd(text.charCodeAt(pos + 3))
  }

  scanPlain(): string {
    const { text } = this
    const indent = this.indent + 1
    let value = ''
    let pending = ''
    let newLine = false
    for (;;) {
      if (this.column === 0 && this.atDocumentIndicator()) break
      const start = this.pos
      let c = text.charCodeAt(start)
      if (c === 0x23) break
      while (!isBlankOrEnd(c) && !this.#endsPlain(c)) c = text.charCodeAt(++this.pos)
      if (this.pos > start) {
        value += pending + text.slice(start, this.pos)
        pending = ''
        newLine = false
      }
      if (!isBlank(c) && !isBreak(c)) break
      const blanks = this.pos
      let lineBreak = ''
      let more = ''
      while (isBlank(c) || isBreak(c)) {
        if (isBreak(c)) {
          if (newLine) more += this.skipBreak()
          else {
            lineBreak = this.skipBreak()
            newLine = true
          }
        } else {
          if (newLine && c === TAB && this.column < indent) {
            this.fail('parse/tab', 'a tab cannot indent this line', 'Indent with spaces')
          }
          this.pos++
        }
        c = text.charCodeAt(this.pos)
      }
      if (!newLine) pending = text.slice(blanks, this.pos)
      else pending = lineBreak === '\n' ? more || ' ' : lineBreak + more
      if (this.flowLevel === 0 && this.column < indent) break
    }
    if (newLine) this.keyAllowed = true
    return value
  }

  #endsPlain(c: number): boolean {
    if (c === 0x3a) {
      const next = this.text.charCodeAt(this.pos + 1)
      if (isBlankOrEnd(next)) return true
      return this.flowLevel > 0 && (next === 0x2c || next === 0x5d || next === 0x7d)
    }
    if (this.flowLevel === 0) return false
    return isFlowIndicator(c) || (c === 0x3f && isBlankOrEnd(this.text.charCodeAt(this.pos + 1)))
  }

  scanQuoted(quote: number): string {
    const { text, line } = this
    const column = this.column
    let value = ''
    this.pos++
    for (;;) {
      if (this.column === 0 && this.atDocumentIndicator())
        this.#failQuoted(line, column, 'a new document begins inside this quoted text')
      if (this.pos >= text.length) this.#failQuoted(line, column, 'the quote that begins here is never closed')
      let escapedBreak = false
      let start = this.pos
      let c = text.charCodeAt(start)
      while (!isBlankOrEnd(c)) {
        if (c === quote) {
          if (quote !== 0x27 || text.charCodeAt(this.pos + 1) !== 0x27) break
          value += text.slice(start, this.pos + 1)
          this.pos += 2
          start = this.pos
        } else if (c === 0x5c && quote === 0x22) {
          value += text.slice(start, this.pos)
          if (isBreak(text.charCodeAt(this.pos + 1))) {
            this.pos++
            this.skipBreak()
            escapedBreak = true
            start = this.pos
            break
          }
          value += this.#scanEscape()
          start = this.pos
        } else this.pos++
        c = text.charCodeAt(this.pos)
      }
      value += text.slice(start, this.pos)
      c = text.charCodeAt(this.pos)
      if (c === quote) break
      value += this.#scanQuotedBlanks(escapedBreak)
    }
    this.pos++
    return value
  }

  #scanQuotedBlanks(escapedBreak: boolean): string {
    const { text } = this
    let newLine = escapedBreak
    let lineBreak = ''
    let more = ''
    let blanks = ''
    let c = text.charCodeAt(this.pos)
    while (isBlank(c) || isBreak(c)) {
      if (isBlank(c)) {
        if (!newLine) blanks += text[this.pos]
        this.pos++
      } else if (newLine) more += this.skipBreak()
      else {
        blanks = ''
        lineBreak = this.skipBreak()
        newLine = true
      }
      c = text.charCodeAt(this.pos)
    }
    if (!newLine) return blanks
    return lineBreak === '\n' ? more || ' ' : lineBreak + more
  }

  #scanEscape(): string {
    const letter = this.text[this.pos + 1] ?? ''
    const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined
    if (simple !== undefined) {
      this.pos += 2
      return simple
    }
    const length = Object.hasOwn(CODE_LENGTHS, letter) ? CODE_LENGTHS[letter] : undefined
    const digits = this.text.slice(this.pos + 2, this.pos + 2 + (length ?? 0))
    const code = Number.parseInt(digits, 16)
    const valid = length !== undefined && digits.length === length && /^[0-9a-f]+$/i.test(digits)
    if (!valid || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
      this.fail(
        'parse/escape',
        `'\\${letter}' is not an escape sequence of YAML`,
        'Double the backslash, or use single quotes',
      )
    }
    this.pos += 2 + length
    return String.fromCodePoint(code)
  }

  #failQuoted(line: number, column: number, message: string): never {
    throw new YamlError('parse/quote', line + 1, column + 1, message, 'Close the quote')
  }

  scanBlock(literal: boolean): string {
    const { text } = this
    this.pos++
    const header = /^(?:([+-])([0-9])?|([0-9])([+-])?)?/.exec(text.slice(this.pos, this.pos + 2))
    const chomp = header?.[1] ?? header?.[4] ?? ''
    const width = header?.[2] ?? header?.[3]
    if (width === '0')
      this.fail('parse/block', 'a block text cannot be indented by 0', 'Give a number from 1 to 9, or none')
    this.pos += header?.[0].length ?? 0
    let c = text.charCodeAt(this.pos)
    while (isBlank(c)) c = text.charCodeAt(++this.pos)
    if (c === 0x23) while (!isBreakOrEnd(c)) c = text.charCodeAt(++this.pos)
    if (!isBreakOrEnd(c))
      this.fail('parse/block', 'a block text begins on the next line', 'Move the text below the line, indented')
    if (isBreak(c)) this.skipBreak()
    let indent = width === undefined ? -1 : Math.max(this.indent, 0) + Number(width)
    let [trailing, found] = this.#scanBlockBreaks(indent)
    indent = found
    let value = ''
    let lineBreak = ''
    let leadingBlank = false
    while (this.column === indent && this.pos < text.length) {
      const blank = isBlank(text.charCodeAt(this.pos))
      if (!literal && lineBreak === '\n' && !leadingBlank && !blank) {
        if (trailing === '') value += ' '
      } else value += lineBreak
      value += trailing
      leadingBlank = blank
      const start = this.pos
      while (!isBreakOrEnd(text.charCodeAt(this.pos))) this.pos++
      value += text.slice(start, this.pos)
      lineBreak = this.pos < text.length ? this.skipBreak() : ''
      ;[trailing, found] = this.#scanBlockBreaks(indent)
    }
    if (chomp !== '-') value += lineBreak
    if (chomp === '+') value += trailing
    return value
  }

  /** Skips indentation and empty lines; gives the breaks, and the indentation, found here when it was not known (-1). */
  #scanBlockBreaks(indent: number): [string, number] {
    const { text } = this
    let breaks = ''
    let widest = 0
    for (;;) {
      while ((indent < 0 || this.column < indent) && text.charCodeAt(this.pos) === SPACE) this.pos++
      if (this.column > widest) widest = this.column
      const c = text.charCodeAt(this.pos)
      if (c === TAB && (indent < 0 || this.column < indent)) {
        this.fail('parse/tab', 'a tab stands where the indentation of a block text is expected', 'Indent with spaces')
      }
      if (!isBreak(c)) break
      breaks += this.skipBreak()
    }
    return [breaks, indent < 0 ? Math.max(widest, this.indent + 1, 0) : indent]
  }

  /** `!suffix`, `!handle!suffix` or `!<uri>` as handle and suffix. */
  scanTag(): [string, string] {
    const { text } = this
    const start = this.pos
    let result: [string, string]
    if (text.charCodeAt(start + 1) === 0x3c) {
      this.pos += 2
      while (isTagCharacter(text.charCodeAt(this.pos), true)) this.pos++
      result = ['', text.slice(start + 2, this.pos)]
      if (text.charCodeAt(this.pos) !== 0x3e) this.fail('parse/tag', "this tag is not closed by '>'", 'Close it')
      this.pos++
    } else {
      const handle = /^![\w-]*!/.exec(text.slice(start, start + 64))?.[0] ?? '!'
      this.pos += handle.length
      const suffix = this.pos
      while (isTagCharacter(text.charCodeAt(this.pos), false)) this.pos++
      result = [handle, text.slice(suffix, this.pos)]
      if (handle === '!' && result[1] === '') result = ['', '!']
      else if (result[1] === '')
        this.fail('parse/tag', 'this tag has no name', 'Name it, or quote a value that begins with !')
    }
    if (!isBlankOrEnd(text.charCodeAt(this.pos))) {
      this.fail('parse/tag', 'a tag ends with a space or the end of the line', 'Quote a value that begins with !')
    }
    return result
  }
}
