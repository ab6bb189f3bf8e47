/** Kinds of tokens, as small numbers because the scanner compares them for every character class it meets. */
export const STREAM_END = 0
export const DIRECTIVE = 1
export const DOCUMENT_START = 2
export const DOCUMENT_END = 3
export const BLOCK_SEQUENCE_START = 4
export const BLOCK_MAPPING_START = 5
export const BLOCK_END = 6
export const FLOW_SEQUENCE_START = 7
export const FLOW_SEQUENCE_END = 8
export const FLOW_MAPPING_START = 9
export const FLOW_MAPPING_END = 10
export const BLOCK_ENTRY = 11
export const FLOW_ENTRY = 12
export const KEY = 13
export const VALUE = 14
export const ALIAS = 15
export const ANCHOR = 16
export const TAG = 17
export const SCALAR = 18

export interface Token {
  readonly kind: number
  /** From 0. */
  readonly line: number
  /** From 0, in UTF-16 code units. */
  readonly column: number
  /** Text of a scalar, name of an anchor or alias, handle of a tag, name of a directive. */
  readonly text: string
  /** Suffix of a tag, value of a directive. */
  readonly rest: string
  /** A scalar without quotes that is not a block scalar. */
  readonly plain: boolean
}
