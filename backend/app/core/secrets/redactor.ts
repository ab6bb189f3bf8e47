import { mapStrings } from './reference.ts'

const MARK = '[redacted]'
/** Shorter values would black out half of every line; secrets that short are refused when they are made. */
export const SHORTEST = 4

/** Replaces known secret values wherever they appear: as they are, and as JSON, URLs and base64 spell them. */
export class Redactor {
  readonly #values: ReadonlySet<string>
  readonly #pattern: RegExp | undefined

  constructor(values: Iterable<string>) {
    this.#values = new Set(values)
    const spellings = new Set<string>()
    for (const value of this.#values) {
      if (value.length < SHORTEST) continue
      for (const spelling of [
        value,
        JSON.stringify(value).slice(1, -1),
        encodeURIComponent(value),
        Buffer.from(value).toString('base64').replace(/=+$/, ''),
      ]) {
        spellings.add(spelling)
      }
      // A value of several lines arrives line by line in logs.
      for (const line of value.split(/\r?\n/)) if (line.length >= 8) spellings.add(line)
    }
    const longestFirst = [...spellings].sort((a, b) => b.length - a.length)
    this.#pattern = longestFirst.length === 0 ? undefined : new RegExp(longestFirst.map(RegExp.escape).join('|'), 'g')
  }

  /** One that knows what both know. */
  and(other: Redactor): Redactor {
    return new Redactor([...this.#values, ...other.#values])
  }

  text(text: string): string {
    return this.#pattern === undefined ? text : text.replace(this.#pattern, MARK)
  }

  value<T>(value: T): T {
    return this.#pattern === undefined ? value : mapStrings(value, (text) => this.text(text))
  }
}
