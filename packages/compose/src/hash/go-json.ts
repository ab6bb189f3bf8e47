/**
 * Writes values as Go's encoding/json does (`json.Marshal`), which is what Docker Compose hashes and prints: fields of a
 * structure in the order of its declaration, keys of a map in byte order, `<`, `>` and `&` escaped, fields left out when
 * empty. A writer takes a value and returns its text; a field knows besides when it is left out.
 */
export type Writer = (value: unknown) => string

/** A field of a structure. Returns undefined when the field is left out. */
export type Field = (value: unknown) => string | undefined

type Known<T> = { [K in keyof T as K extends `x-${string}` ? never : K]-?: Field }

/** Every key of the model element, in the order of the fields of the Go structure. `x-` keys have none. */
export type Layout<T> = Known<T>

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Text as a JSON string, with the characters escaped that Go escapes for the sake of HTML. */
export function text(value: unknown): string {
  return JSON.stringify(String(value)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A truth value or a whole number. */
export const plain: Writer = (value) => String(value)

/**
 * A number that Go holds with single precision, printed with the fewest digits that give the same one back.
 */
export const float: Writer = (value) => {
  const single = Math.fround(Number(value))
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits))
    if (Math.fround(short) === single) return String(short)
  }
  return String(Number(single.toPrecision(9)))
}

/** A value nobody declared a structure for, as below an `x-` key. */
export const anything: Writer = (value) => {
  if (Array.isArray(value)) return `[${value.map(anything).join(',')}]`
  if (isRecord(value)) return mapOf(anything)(value)
  return typeof value === 'string' ? text(value) : value === undefined ? 'null' : JSON.stringify(value)
}

export const listOf =
  (item: Writer): Writer =>
  (value) =>
    Array.isArray(value) ? `[${value.map(item).join(',')}]` : 'null'

export const mapOf =
  (item: Writer): Writer =>
  (value) =>
    isRecord(value)
      ? `{${Object.keys(value)
          .sort(byCodePoint)
          .map((key) => `${text(key)}:${item(value[key])}`)
          .join(',')}}`
      : 'null'

/** A value that may be null in a list or map. */
export const orNull =
  (item: Writer): Writer =>
  (value) =>
    value === null || value === undefined ? 'null' : item(value)

/** The fields that are there, each as key and text, in the order of the layout. */
export function fields<T>(layout: Layout<T>, value: unknown): [key: string, text: string][] {
  if (!isRecord(value)) return []
  const written: [string, string][] = []
  for (const [key, field] of Object.entries<Field>(layout)) {
    const content = field(value[key])
    if (content !== undefined) written.push([key, content])
  }
  return written
}

export const structure =
  <T>(layout: Layout<T>): Writer =>
  (value) =>
    joinFields(fields(layout, value))

export const joinFields = (written: readonly (readonly [string, string])[]): string =>
  `{${written.map(([key, content]) => `${text(key)}:${content}`).join(',')}}`

/** A field left out when it holds nothing, or the given value that Go counts as nothing (`omitempty`). */
export const filled =
  (writer: Writer, zero?: string): Field =>
  (value) =>
    isEmpty(value) || value === zero ? undefined : writer(value)

/** A field left out only when it is absent (a pointer in Go). */
export const given =
  (writer: Writer): Field =>
  (value) =>
    value === undefined || value === null ? undefined : writer(value)

/** A field that is always there. */
export const always =
  (writer: Writer): Field =>
  (value) =>
    writer(value)

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (isRecord(value)) return Object.keys(value).length === 0
  return value === undefined || value === null || value === '' || value === 0 || value === false
}

/** The order of UTF-8 bytes, which is that of code points; JavaScript's own differs above U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left === right) continue
    const isPair = (unit: number) => unit >= 0xd800 && unit <= 0xdfff
    if (isPair(left) !== isPair(right)) return isPair(left) ? 1 : -1
    return left - right
  }
  return a.length - b.length
}
