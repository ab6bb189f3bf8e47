import { type AliasNode, type MappingNode, type Node, type ScalarNode, type SequenceNode, YamlError } from './node.ts'
import { Scanner } from './scanner.ts'
import * as T from './token.ts'

const STANDARD_TAG = 'tag:yaml.org,2002:'
/** Control characters, and what is no character at all. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that YAML forbids
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/

/**
 * The documents of a YAML text, as written. Throws YamlError at the first place that is not YAML. A document without
 * content is left out.
 */
export function parseDocuments(text: string): Node[] {
  const forbidden = FORBIDDEN.exec(text)
  if (forbidden !== null) {
    const before = text.slice(0, forbidden.index).split('\n')
    const code = forbidden[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    const message = `the character U+${code} is not allowed in a YAML file`
    throw new YamlError('parse/character', before.length, (before.at(-1)?.length ?? 0) + 1, message, 'Remove it')
  }
  return new DocumentParser(text).parse()
}

type Content = Exclude<Node, AliasNode>

/** Tokens to trees, by recursive descent over the productions of YAML 1.1. */
class DocumentParser {
  readonly #scanner: Scanner
  #anchors = new Map<string, Content>()
  #handles = new Map<string, string>()

  constructor(text: string) {
    this.#scanner = new Scanner(text)
  }

  parse(): Node[] {
    const documents: Node[] = []
    let first = true
    for (;;) {
      while (this.#scanner.peek().kind === T.DOCUMENT_END) this.#scanner.take()
      const token = this.#scanner.peek()
      if (token.kind === T.STREAM_END) return documents
      this.#handles = new Map()
      const explicit = !first || token.kind === T.DIRECTIVE || token.kind === T.DOCUMENT_START
      this.#directives()
      if (explicit) {
        const start = this.#scanner.peek()
        if (start.kind !== T.DOCUMENT_START) {
          this.#fail(start, 'the file should end here, or a new document begin', 'Check the indentation of this line')
        }
        this.#scanner.take()
      }
      first = false
      documents.push(explicit ? this.#documentContent() : this.#node(true, false))
    }
  }

  #documentContent(): Node {
    const token = this.#scanner.peek()
    switch (token.kind) {
      case T.DIRECTIVE:
      case T.DOCUMENT_START:
      case T.DOCUMENT_END:
      case T.STREAM_END:
        return empty(token)
      default:
        return this.#node(true, false)
    }
  }

  #directives(): void {
    let version = false
    for (let token = this.#scanner.peek(); token.kind === T.DIRECTIVE; token = this.#scanner.peek()) {
      this.#scanner.take()
      if (token.text === 'YAML') {
        if (version || token.rest !== '1.1') {
          this.#fail(token, `Compose files cannot declare YAML ${token.rest}`, 'Remove the %YAML line')
        }
        version = true
      } else {
        const [handle = '', prefix = ''] = token.rest.split(/[ \t]+/)
        if (this.#handles.has(handle))
          this.#fail(token, `the tag ${handle} is declared twice`, 'Remove one of the lines')
        this.#handles.set(handle, prefix)
      }
    }
    if (!this.#handles.has('!')) this.#handles.set('!', '!')
    if (!this.#handles.has('!!')) this.#handles.set('!!', STANDARD_TAG)
  }

  #fail(token: T.Token, message: string, hint: string): never {
    throw new YamlError('parse/syntax', token.line + 1, token.column + 1, message, hint)
  }

  #node(block: boolean, indentless: boolean): Node {
    const first = this.#scanner.peek()
    if (first.kind === T.ALIAS) return this.#alias()
    let anchor: string | undefined
    let tag = ''
    let token = first
    if (token.kind === T.ANCHOR) {
      anchor = this.#scanner.take().text
      token = this.#scanner.peek()
      if (token.kind === T.TAG) {
        tag = this.#tag(this.#scanner.take())
        token = this.#scanner.peek()
      }
    } else if (token.kind === T.TAG) {
      tag = this.#tag(this.#scanner.take())
      token = this.#scanner.peek()
      if (token.kind === T.ANCHOR) {
        anchor = this.#scanner.take().text
        token = this.#scanner.peek()
      }
    }
    const place = { line: first.line + 1, column: first.column + 1 }
    if (token.kind === T.BLOCK_ENTRY && indentless)
      return this.#sequence(place, tag, anchor, () => this.#indentlessItems())
    switch (token.kind) {
      case T.SCALAR: {
        this.#scanner.take()
        const node: ScalarNode = { kind: 'scalar', value: token.text, plain: token.plain, tag, ...place }
        if (anchor !== undefined) this.#anchors.set(anchor, node)
        return node
      }
      case T.FLOW_SEQUENCE_START:
        return this.#sequence(place, tag, anchor, () => this.#flowItems())
      case T.FLOW_MAPPING_START:
        return this.#mapping(place, tag, anchor, (keys, values) => this.#flowEntries(keys, values))
      case T.BLOCK_SEQUENCE_START:
        if (block) return this.#sequence(place, tag, anchor, () => this.#blockItems())
        break
      case T.BLOCK_MAPPING_START:
        if (block) return this.#mapping(place, tag, anchor, (keys, values) => this.#blockEntries(keys, values))
        break
    }
    if (anchor !== undefined || tag !== '') {
      const node: ScalarNode = { kind: 'scalar', value: '', plain: true, tag, ...place }
      if (anchor !== undefined) this.#anchors.set(anchor, node)
      return node
    }
    return this.#fail(
      token,
      'a value is missing here',
      'Give a value, or quote it if it begins with a special character',
    )
  }

  #alias(): AliasNode {
    const token = this.#scanner.take()
    const target = this.#anchors.get(token.text)
    if (target === undefined) {
      const hint = `Write &${token.text} before it is used, or quote a value that begins with *`
      throw new YamlError(
        'parse/unknown-anchor',
        token.line + 1,
        token.column + 1,
        `no anchor is named ${token.text}`,
        hint,
      )
    }
    return { kind: 'alias', name: token.text, target, line: token.line + 1, column: token.column + 1 }
  }

  #tag(token: T.Token): string {
    if (token.text === '') return shortTag(token.rest)
    const prefix = this.#handles.get(token.text)
    if (prefix === undefined) this.#fail(token, `the tag ${token.text} is not declared`, 'Remove it')
    return shortTag(prefix + token.rest)
  }

  #sequence(
    place: { line: number; column: number },
    tag: string,
    anchor: string | undefined,
    fill: () => Iterable<Node>,
  ) {
    const node: SequenceNode = { kind: 'sequence', items: [], tag, ...place }
    if (anchor !== undefined) this.#anchors.set(anchor, node)
    for (const item of fill()) node.items.push(item)
    return node
  }

  #mapping(
    place: { line: number; column: number },
    tag: string,
    anchor: string | undefined,
    fill: (keys: Node[], values: Node[]) => void,
  ): MappingNode {
    const node: MappingNode = { kind: 'mapping', keys: [], values: [], tag, ...place }
    if (anchor !== undefined) this.#anchors.set(anchor, node)
    fill(node.keys, node.values)
    return node
  }

  *#indentlessItems(): Iterable<Node> {
    const scanner = this.#scanner
    while (scanner.peek().kind === T.BLOCK_ENTRY) {
      const entry = scanner.take()
      const next = scanner.peek().kind
      const bare = next === T.BLOCK_ENTRY || next === T.KEY || next === T.VALUE || next === T.BLOCK_END
      yield bare ? empty(entry) : this.#node(true, false)
    }
  }

  *#blockItems(): Iterable<Node> {
    const scanner = this.#scanner
    scanner.take()
    for (;;) {
      const token = scanner.take()
      if (token.kind === T.BLOCK_END) return
      if (token.kind !== T.BLOCK_ENTRY) {
        this.#fail(token, "a list item should begin with '- ' here", 'Check the indentation of this line')
      }
      const next = scanner.peek().kind
      yield next === T.BLOCK_ENTRY || next === T.BLOCK_END ? empty(token) : this.#node(true, false)
    }
  }

  #blockEntries(keys: Node[], values: Node[]): void {
    const scanner = this.#scanner
    scanner.take()
    for (;;) {
      const token = scanner.take()
      if (token.kind === T.BLOCK_END) return
      if (token.kind !== T.KEY) {
        this.#fail(token, 'a key is expected here', 'Check the indentation of this line, and quotes that end too early')
      }
      const next = scanner.peek().kind
      const bareKey = next === T.KEY || next === T.VALUE || next === T.BLOCK_END
      keys.push(bareKey ? empty(token) : this.#node(true, true))
      if (scanner.peek().kind !== T.VALUE) {
        values.push(empty(scanner.peek()))
        continue
      }
      const colon = scanner.take()
      const after = scanner.peek().kind
      const bare = after === T.KEY || after === T.VALUE || after === T.BLOCK_END
      values.push(bare ? empty(colon) : this.#node(true, true))
    }
  }

  *#flowItems(): Iterable<Node> {
    const scanner = this.#scanner
    const open = scanner.take()
    for (let first = true; ; first = false) {
      if (scanner.peek().kind === T.FLOW_SEQUENCE_END) break
      if (!first) {
        if (scanner.peek().kind !== T.FLOW_ENTRY) this.#failFlow(open, ']')
        scanner.take()
        if (scanner.peek().kind === T.FLOW_SEQUENCE_END) break
      }
      yield scanner.peek().kind === T.KEY ? this.#flowPair(scanner.take()) : this.#node(false, false)
    }
    scanner.take()
  }

  /** `key: value` as an item of a flow sequence. */
  #flowPair(token: T.Token): MappingNode {
    const scanner = this.#scanner
    const ends = (kind: number) => kind === T.FLOW_ENTRY || kind === T.FLOW_SEQUENCE_END
    const next = scanner.peek().kind
    const key = next === T.VALUE || ends(next) ? empty(token) : this.#node(false, false)
    let value: Node = empty(token)
    if (scanner.peek().kind === T.VALUE) {
      scanner.take()
      if (!ends(scanner.peek().kind)) value = this.#node(false, false)
    }
    return { kind: 'mapping', keys: [key], values: [value], tag: '', line: token.line + 1, column: token.column + 1 }
  }

  #flowEntries(keys: Node[], values: Node[]): void {
    const scanner = this.#scanner
    const open = scanner.take()
    for (let first = true; scanner.peek().kind !== T.FLOW_MAPPING_END; first = false) {
      if (!first) {
        if (scanner.peek().kind !== T.FLOW_ENTRY) this.#failFlow(open, '}')
        scanner.take()
        if (scanner.peek().kind === T.FLOW_MAPPING_END) break
      }
      const ends = (kind: number) => kind === T.FLOW_ENTRY || kind === T.FLOW_MAPPING_END
      if (scanner.peek().kind !== T.KEY) {
        keys.push(this.#node(false, false))
        values.push(empty(scanner.peek()))
        continue
      }
      const token = scanner.take()
      const next = scanner.peek().kind
      keys.push(next === T.VALUE || ends(next) ? empty(token) : this.#node(false, false))
      if (scanner.peek().kind !== T.VALUE) {
        values.push(empty(scanner.peek()))
        continue
      }
      const colon = scanner.take()
      values.push(ends(scanner.peek().kind) ? empty(colon) : this.#node(false, false))
    }
    scanner.take()
  }

  #failFlow(open: T.Token, close: string): never {
    const opened = close === ']' ? '[' : '{'
    const message = `',' or '${close}' is missing here, for the '${opened}' of line ${open.line + 1}`
    this.#fail(this.#scanner.peek(), message, `Close the '${opened}', or quote a value that contains it`)
  }
}

function empty(token: T.Token): ScalarNode {
  return { kind: 'scalar', value: '', plain: true, tag: '', line: token.line + 1, column: token.column + 1 }
}

function shortTag(tag: string): string {
  return tag.startsWith(STANDARD_TAG) ? `!!${tag.slice(STANDARD_TAG.length)}` : tag
}
