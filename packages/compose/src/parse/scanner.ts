import { isAnchorCharacter, isBlankOrEnd, isBreak, isBreakOrEnd, SPACE, TAB } from './character.ts'
import { YamlError } from './node.ts'
import { ScalarScanner } from './scalar-scanner.ts'
import * as T from './token.ts'

/** Levels of nesting beyond which a text is refused: deep enough for anyone, shallow enough for every later recursion. */
const MAX_DEPTH = 500

interface SimpleKey {
  required: boolean
  flowLevel: number
  tokenNumber: number
  line: number
  column: number
}

const NO_KEY: SimpleKey = { required: false, flowLevel: 0, tokenNumber: 0, line: 0, column: 0 }

/**
 * Text to tokens, with the rules of YAML 1.1's reference scanner (libyaml), because Docker Compose reads files with a
 * descendant of it: what one refuses the other must refuse. A key is known only when its `:` is seen, so tokens wait in
 * a queue while one at its head may still turn out to be a key.
 */
export class Scanner extends ScalarScanner {
  readonly #queue: T.Token[] = []
  #head = 0
  #taken = 0
  #last: number = T.STREAM_END
  #ended = false
  readonly #indents: number[] = []
  #keyPossible = false
  #key: SimpleKey = NO_KEY
  readonly #keys: SimpleKey[] = []

  /** The next token, left in place. */
  peek(): T.Token {
    while (!this.#ready()) this.#fetch()
    return this.#queue[this.#head] as T.Token
  }

  /** The next token, taken. */
  take(): T.Token {
    const token = this.peek()
    this.#head++
    this.#taken++
    if (this.#head === this.#queue.length) {
      this.#queue.length = 0
      this.#head = 0
    }
    return token
  }

  #ready(): boolean {
    if (this.#ended) return this.#head < this.#queue.length
    if (this.#head === this.#queue.length) return false
    const first = this.#keys[0] ?? (this.#keyPossible ? this.#key : undefined)
    return first === undefined || first.tokenNumber !== this.#taken
  }

  #add(kind: number, line: number, column: number, text = '', rest = '', plain = false): void {
    this.#queue.push({ kind, line, column, text, rest, plain })
    this.#last = kind
  }

  #insert(number: number, kind: number, line: number, column: number): void {
    const at = this.#head + number - this.#taken
    this.#queue.splice(at, 0, { kind, line, column, text: '', rest: '', plain: false })
  }

  #fetch(): void {
    this.#skipToToken()
    this.#unroll(this.column)
    const { text, pos } = this
    if (pos >= text.length) return void this.#fetchEnd()
    const c = text.charCodeAt(pos)
    const next = text.charCodeAt(pos + 1)
    if (this.column === 0) {
      if (c === 0x25) return void this.#fetchDirective()
      if (this.atDocumentIndicator())
        return void this.#fetchDocumentIndicator(c === 0x2d ? T.DOCUMENT_START : T.DOCUMENT_END)
    }
    const flow = this.flowLevel > 0
    switch (c) {
      case 0x5b:
        this.#fetchFlowStart(T.FLOW_SEQUENCE_START)
        return
      case 0x7b:
        this.#fetchFlowStart(T.FLOW_MAPPING_START)
        return
      case 0x5d:
        this.#fetchFlowEnd(T.FLOW_SEQUENCE_END)
        return
      case 0x7d:
        this.#fetchFlowEnd(T.FLOW_MAPPING_END)
        return
      case 0x2c:
        this.#fetchFlowEntry()
        return
      case 0x2d:
        if (isBlankOrEnd(next)) return void this.#fetchBlockEntry()
        return void this.#fetchScalar()
      case 0x3f:
        if (isBlankOrEnd(next)) return void this.#fetchKey()
        return void this.#fetchScalar()
      case 0x3a:
        if (isBlankOrEnd(next) || (flow && !this.#afterFlowEntry())) return void this.#fetchValue()
        return void this.#fetchScalar()
      case 0x2a:
        this.#fetchAnchor(T.ALIAS)
        return
      case 0x26:
        this.#fetchAnchor(T.ANCHOR)
        return
      case 0x21:
        this.#fetchTag()
        return
      case 0x7c:
      case 0x3e:
        if (!flow) return void this.#fetchBlockScalar(c === 0x7c)
        break
      case 0x27:
      case 0x22:
        this.#fetchQuoted(c)
        return
      case 0x23:
      case 0x25:
      case 0x40:
      case 0x60:
        break
      default:
        if (!isBlankOrEnd(c)) return void this.#fetchScalar()
    }
    const found = c === TAB ? 'a tab' : `'${text[pos]}'`
    const hint = c === TAB ? 'Indent with spaces' : 'Put the value in quotes'
    this.fail('parse/character', `${found} cannot begin a value here`, hint)
  }

  /** Whether the last token opened a flow sequence or separated its entries: a `:` then begins a scalar. */
  #afterFlowEntry(): boolean {
    return this.#last === T.FLOW_ENTRY || this.#last === T.FLOW_SEQUENCE_START
  }

  #skipToToken(): void {
    const { text } = this
    for (;;) {
      let c = text.charCodeAt(this.pos)
      while (c === SPACE || (c === TAB && (this.flowLevel > 0 || !this.keyAllowed))) c = text.charCodeAt(++this.pos)
      if (c === 0x23) while (!isBreakOrEnd(c)) c = text.charCodeAt(++this.pos)
      if (!isBreak(c)) return
      this.skipBreak()
      if (this.flowLevel === 0) this.keyAllowed = true
    }
  }

  #unroll(column: number): void {
    if (this.flowLevel > 0) return
    while (this.indent > column) {
      this.#add(T.BLOCK_END, this.line, this.column)
      this.indent = this.#indents.pop() as number
    }
  }

  #roll(column: number, number: number, kind: number, line: number): void {
    if (this.flowLevel > 0 || this.indent >= column) return
    this.#indents.push(this.indent)
    this.indent = column
    if (this.#indents.length > MAX_DEPTH) this.#failDepth()
    if (number < 0) this.#add(kind, line, column)
    else this.#insert(number, kind, line, column)
  }

  #failDepth(): never {
    this.fail('parse/depth', `the file nests more than ${MAX_DEPTH} levels`, 'Flatten the structure')
  }

  #saveKey(): void {
    if (!this.keyAllowed) return
    this.#removeKey()
    this.#keyPossible = true
    this.#key = {
      required: this.flowLevel === 0 && this.indent === this.column,
      flowLevel: this.flowLevel,
      tokenNumber: this.#taken + this.#queue.length - this.#head,
      line: this.line,
      column: this.column,
    }
  }

  #removeKey(): void {
    if (this.#key.required) {
      const { line, column } = this.#key
      const message = "a ':' is missing after this key"
      throw new YamlError(
        'parse/syntax',
        line + 1,
        column + 1,
        message,
        'Write it as `key: value`, or indent it as a value',
      )
    }
    this.#keyPossible = false
  }

  #fetchEnd(): void {
    this.#unroll(-1)
    this.#removeKey()
    this.#keys.length = 0
    this.#ended = true
    this.#add(T.STREAM_END, this.line, this.column)
  }

  #fetchDirective(): void {
    this.#unroll(-1)
    this.#removeKey()
    this.keyAllowed = false
    const { line, text } = this
    let end = this.pos
    while (!isBreakOrEnd(text.charCodeAt(end))) end++
    const words = /^%(\S+)[ \t]+([^#]*?)[ \t]*(?:#.*)?$/.exec(text.slice(this.pos, end))
    if (words === null || (words[1] !== 'YAML' && words[1] !== 'TAG')) {
      this.fail(
        'parse/directive',
        'this is not a directive of YAML',
        'Remove the line, or quote a value that begins with %',
      )
    }
    this.pos = end
    this.#add(T.DIRECTIVE, line, 0, words[1], words[2])
  }

  #fetchDocumentIndicator(kind: number): void {
    this.#unroll(-1)
    this.#removeKey()
    this.keyAllowed = false
    this.#add(kind, this.line, this.column)
    this.pos += 3
  }

  #fetchFlowStart(kind: number): void {
    this.#saveKey()
    this.flowLevel++
    if (this.flowLevel > MAX_DEPTH) this.#failDepth()
    if (this.#keyPossible) this.#keys.push(this.#key)
    this.#key = NO_KEY
    this.#keyPossible = false
    this.keyAllowed = true
    this.#add(kind, this.line, this.column)
    this.pos++
  }

  #fetchFlowEnd(kind: number): void {
    this.#removeKey()
    if (this.flowLevel > 0) {
      this.flowLevel--
      const outer = this.#keys[this.#keys.length - 1]
      if (outer !== undefined && outer.flowLevel === this.flowLevel) {
        this.#key = outer
        this.#keys.pop()
        this.#keyPossible = true
      }
    }
    this.keyAllowed = false
    this.#add(kind, this.line, this.column)
    this.pos++
  }

  #fetchFlowEntry(): void {
    this.#removeKey()
    this.keyAllowed = true
    this.#add(T.FLOW_ENTRY, this.line, this.column)
    this.pos++
  }

  #fetchBlockEntry(): void {
    if (this.flowLevel === 0) {
      if (!this.keyAllowed) {
        this.fail(
          'parse/syntax',
          'a list item cannot begin here',
          "Put the '-' on its own line, indented like the others",
        )
      }
      this.#roll(this.column, -1, T.BLOCK_SEQUENCE_START, this.line)
    }
    this.#removeKey()
    this.keyAllowed = true
    this.#add(T.BLOCK_ENTRY, this.line, this.column)
    this.pos++
  }

  #fetchKey(): void {
    if (this.flowLevel === 0) {
      if (!this.keyAllowed) this.fail('parse/syntax', 'a key cannot begin here', 'Put it on a line of its own')
      this.#roll(this.column, -1, T.BLOCK_MAPPING_START, this.line)
    }
    this.#removeKey()
    this.keyAllowed = this.flowLevel === 0
    this.#add(T.KEY, this.line, this.column)
    this.pos++
  }

  #fetchValue(): void {
    const key = this.#key
    if (this.#keyPossible && key.line === this.line) {
      this.#insert(key.tokenNumber, T.KEY, key.line, key.column)
      this.#roll(key.column, key.tokenNumber, T.BLOCK_MAPPING_START, key.line)
      this.#keyPossible = false
      this.#key = NO_KEY
      this.keyAllowed = false
    } else {
      if (this.flowLevel === 0) {
        if (!this.keyAllowed) {
          const hint = "Quote a value that contains ': ', or check the indentation of this line and the one before"
          this.fail('parse/syntax', "a ':' cannot stand here", hint)
        }
        this.#roll(this.column, -1, T.BLOCK_MAPPING_START, this.line)
      }
      this.keyAllowed = this.flowLevel === 0
    }
    this.#add(T.VALUE, this.line, this.column)
    this.pos++
  }

  #fetchAnchor(kind: number): void {
    this.#saveKey()
    this.keyAllowed = false
    const { line, column, text } = this
    const start = ++this.pos
    while (isAnchorCharacter(text.charCodeAt(this.pos))) this.pos++
    const c = text.charCodeAt(this.pos)
    if (this.pos === start || !(isBlankOrEnd(c) || '?:,]}%@`'.includes(String.fromCharCode(c)))) {
      const what = kind === T.ALIAS ? 'alias' : 'anchor'
      this.fail(
        'parse/anchor',
        `this is not a name for an ${what}`,
        `Use letters and digits, or quote a value that begins with ${kind === T.ALIAS ? '*' : '&'}`,
      )
    }
    this.#add(kind, line, column, text.slice(start, this.pos))
  }

  #fetchTag(): void {
    this.#saveKey()
    this.keyAllowed = false
    const { line, column } = this
    const [handle, suffix] = this.scanTag()
    this.#add(T.TAG, line, column, handle, suffix)
  }

  #fetchBlockScalar(literal: boolean): void {
    this.#removeKey()
    this.keyAllowed = true
    const { line, column } = this
    this.#add(T.SCALAR, line, column, this.scanBlock(literal))
  }

  #fetchQuoted(quote: number): void {
    this.#saveKey()
    this.keyAllowed = false
    const { line, column } = this
    this.#add(T.SCALAR, line, column, this.scanQuoted(quote))
  }

  #fetchScalar(): void {
    this.#saveKey()
    this.keyAllowed = false
    const { line, column } = this
    this.#add(T.SCALAR, line, column, this.scanPlain(), '', true)
  }
}
