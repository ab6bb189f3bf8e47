import type { Path } from '../diagnostics/report.ts'
import { goText } from '../tree/go-text.ts'
import { childPattern, type PatternNode } from '../tree/pattern.ts'
import { Exact, newTree, type Tree, type Value } from '../tree/value.ts'
import { type ScalarRule, scalarPlaces } from './places.ts'
import { InvalidTemplate, type Lookup, MissingVariable, substitute } from './template.ts'

/** Told of each problem, with the place of the value. */
export interface InterpolationProblems {
  error(code: string, path: Path, message: string, hint: string): void
  warn(code: string, path: Path, message: string, hint: string): void
}

/**
 * A copy of the tree with its variables replaced and its scalars of the type that their
 * place asks for. Goes on after a problem, so that all are found.
 */
export function interpolate(tree: Tree, lookup: Lookup, problems: InterpolationProblems): Tree {
  return new Interpolation(lookup, problems).tree(tree, scalarPlaces())
}

type Place = PatternNode<ScalarRule> | undefined

class Interpolation {
  readonly #lookup: Lookup
  readonly #problems: InterpolationProblems
  readonly #path: (string | number)[] = []

  constructor(lookup: Lookup, problems: InterpolationProblems) {
    this.#lookup = lookup
    this.#problems = problems
  }

  tree(tree: Tree, place: Place): Tree {
    const result = newTree()
    for (const key in tree) {
      this.#path.push(key)
      result[key] = this.#value(tree[key] as Value, childPattern(place, key), 'text')
      this.#path.pop()
    }
    return result
  }

  /** `textual` is the rule by which a number here, in a mapping or in a list, becomes text. */
  #value(value: Value, place: Place, textual: ScalarRule): Value {
    if (typeof value === 'string') return this.#text(value, place?.rule)
    if (typeof value !== 'object' || value === null) {
      return typeof value === 'number' && !Number.isInteger(value) ? this.#fraction(value, place?.rule, textual) : value
    }
    if (value instanceof Exact) return place?.rule === textual ? value.text : this.#exact(value, place?.rule)
    if (!Array.isArray(value)) return this.tree(value, place)
    return value.map((item, index) => {
      this.#path.push(index)
      const result = this.#value(item, childPattern(place, '[]'), 'text-in-list')
      this.#path.pop()
      return result
    })
  }

  #text(text: string, rule: ScalarRule | undefined): Value {
    const result = text.includes('$') ? this.#substitute(text) : text
    if (result === undefined || rule === undefined || typeof rule === 'string') return result ?? ''
    const cast = rule.cast(result)
    if (cast === undefined) {
      const source = result === text ? '' : ` (from '${text}')`
      const message = `${this.#name()} should be ${rule.wanted}, not '${result}'${source}`
      this.#problems.error('interpolate/type', this.#path, message, `Give ${rule.wanted}`)
      return ''
    }
    if (typeof cast === 'boolean' && !/^(?:true|false)$/i.test(result)) {
      const message = `${this.#name()} is '${result}', which YAML 1.2 does not count as ${cast}`
      this.#problems.warn('interpolate/boolean', this.#path, message, `Write ${cast}`)
    }
    return cast
  }

  #fraction(value: number, rule: ScalarRule | undefined, textual: ScalarRule): Value {
    if (rule === textual) return goText(value)
    if (rule === 'whole') this.#notWhole(goText(value))
    return value
  }

  #notWhole(text: string): void {
    const message = `${this.#name()} should be a whole number or a text, not ${text}`
    this.#problems.error('interpolate/type', this.#path, message, 'Write it without a decimal point')
  }

  #exact(value: Exact, rule: ScalarRule | undefined): Value {
    if (rule === 'bytes' && !/^[-+]?\d+$/.test(value.text)) {
      const message = `${this.#name()} is ${value.text}, which does not count as it is not written as a whole number`
      this.#problems.warn('interpolate/bytes', this.#path, message, 'Write it without a decimal point, or with a unit')
      return 0
    }
    if (rule === 'whole') this.#notWhole(value.text)
    // Dates only pass where they become text, and in extensions.
    if (typeof value.value === 'string' && !this.#path.some((step) => String(step).startsWith('x-'))) {
      const message = `${this.#name()} is a date, where a text is meant`
      this.#problems.error('interpolate/type', this.#path, message, 'Put it in quotes')
    }
    return value.value
  }

  #substitute(text: string): string | undefined {
    try {
      return substitute(text, this.#lookup, (name) => {
        const hint = `Set ${name}, or give a default with \${${name}:-value}`
        this.#problems.warn(
          'interpolate/unset-variable',
          this.#path,
          `the variable ${name} is not set and becomes empty`,
          hint,
        )
      })
    } catch (error) {
      if (error instanceof MissingVariable) {
        const reason = error.reason === '' ? '' : `: ${error.reason}`
        const message = `the variable ${error.variable}, which ${this.#name()} requires, has no value${reason}`
        const hint = `Set ${error.variable} in the environment or in an env file`
        this.#problems.error('interpolate/required-variable', this.#path, message, hint)
        return undefined
      }
      if (!(error instanceof InvalidTemplate)) throw error
      const message = `${this.#name()} has a $ that begins no variable: ${error.message}`
      this.#problems.error('interpolate/template', this.#path, message, 'Write $$ for a $, or close the brace')
      return undefined
    }
  }

  #name(): string {
    return this.#path.join('.')
  }
}
