/** The tree of a YAML document as written, before anchors, merge keys and types are resolved. */
export type Node = ScalarNode | SequenceNode | MappingNode | AliasNode

interface Placed {
  readonly line: number
  readonly column: number
}

export interface ScalarNode extends Placed {
  readonly kind: 'scalar'
  readonly value: string
  readonly plain: boolean
  readonly tag: string
}

export interface SequenceNode extends Placed {
  readonly kind: 'sequence'
  readonly items: Node[]
  readonly tag: string
}

export interface MappingNode extends Placed {
  readonly kind: 'mapping'
  readonly keys: Node[]
  readonly values: Node[]
  readonly tag: string
}

export interface AliasNode extends Placed {
  readonly kind: 'alias'
  readonly name: string
  readonly target: Exclude<Node, AliasNode>
}

/** A text that is not YAML; lines and columns count from 1. */
export class YamlError extends Error {
  override name = 'YamlError'
  readonly code: string
  readonly line: number
  readonly column: number
  readonly hint: string

  constructor(code: string, line: number, column: number, message: string, hint: string) {
    super(message)
    this.code = code
    this.line = line
    this.column = column
    this.hint = hint
  }
}
