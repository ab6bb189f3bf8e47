/** Character classes of YAML, by code unit; NaN (past the end) is in none but `isBreakOrEnd` and its kin. */
export const TAB = 9
export const LF = 10
export const CR = 13
export const SPACE = 32

export function isBlank(c: number): boolean {
  return c === SPACE || c === TAB
}

/** CR, LF, and the NEL, LS and PS that YAML 1.1 counts as line breaks. */
export function isBreak(c: number): boolean {
  return c === LF || c === CR || c === 0x85 || c === 0x2028 || c === 0x2029
}

export function isBreakOrEnd(c: number): boolean {
  return Number.isNaN(c) || isBreak(c)
}

export function isBlankOrEnd(c: number): boolean {
  return c === SPACE || c === LF || c === TAB || Number.isNaN(c) || isBreak(c)
}

/** `,` `[` `]` `{` `}` */
export function isFlowIndicator(c: number): boolean {
  return c === 0x2c || c === 0x5b || c === 0x5d || c === 0x7b || c === 0x7d
}

/** Printable ASCII without blanks, flow indicators and the colon, which would be ambiguous after an alias. */
export function isAnchorCharacter(c: number): boolean {
  return c > SPACE && c < 0x7f && c !== 0x3a && !isFlowIndicator(c)
}

/** What may stand in a tag; flow indicators only in the form `!<...>`. */
export function isTagCharacter(c: number, verbatim: boolean): boolean {
  if ((c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a)) return true
  if (isFlowIndicator(c)) return verbatim
  return !Number.isNaN(c) && "_-;/?:@&=+$.!~*'()%".includes(String.fromCharCode(c))
}
