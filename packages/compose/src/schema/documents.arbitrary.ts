import fc from 'fast-check'
import type { Rule } from './rule.ts'
import { rules } from './rules.generated.ts'

/** Values for places where the rules say nothing, or where a wrong one is wanted. */
const anything = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, -1, 1.5, 2000, '', 'x', 'all', 'host', '0444', 'a=b', 'no'),
  fc.constantFrom<unknown>([], ['a'], ['a', 'a'], [1], [null], {}, { a: 'b' }, { a: null }, { 'x-a': 1 }, { '': 1 }),
)

/** One value in `odds` is a wrong one. */
const odds = 60

const keyOf: Readonly<Record<string, string>> = { '^x-': 'x-note', '^[a-z]+$': 'nofile', '.+': 'KEY', '^.+$': 'key' }

/** Text that fits the patterns in the rules. */
const patterned = ['always', 'every_12h', 'every_1d2h', 'web-1', 'a.b']

function values(rule: Rule, depth: number): fc.Arbitrary<unknown> {
  const right = rule.anyOf
    ? fc.oneof(...rule.anyOf.map((form) => values({ ...rule, anyOf: undefined as never, ...form }, depth)))
    : fc.oneof(...types(rule).map((type) => typed(type, rule, depth)))
  return fc.oneof({ weight: odds, arbitrary: right }, { weight: 1, arbitrary: anything })
}

const types = (rule: Rule): readonly string[] => (rule.type === undefined ? ['any'] : [rule.type].flat())

function typed(type: string, rule: Rule, depth: number): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: (rule.minimum ?? 0) - 1, max: Math.min(rule.maximum ?? 5000, 5000) + 1 })
    case 'number':
      return fc.constantFrom(0, 1, 0.5, 80, 1e6)
    case 'string':
      return fc.constantFrom(...(rule.enum ?? (rule.pattern ? patterned : ['a', 'b', 'c=d', '80:80', '10s', '1g'])))
    case 'array':
      return fc.array(values(rule.items ?? {}, depth + 1), { maxLength: 3 })
    case 'object':
      return mapping(rule, depth)
    default:
      return anything
  }
}

function mapping(rule: Rule, depth: number): fc.Arbitrary<unknown> {
  const known = Object.entries(rule.properties ?? {})
  const named = Object.entries(rule.patternProperties ?? {})
  const entries: fc.Arbitrary<[string, unknown]>[] = [
    ...known.map(([key, property]) => fc.tuple(fc.constant(key), lazily(property, depth))),
    ...named.map(([pattern, property]) => fc.tuple(fc.constant(keyOf[pattern] ?? 'name-1'), lazily(property, depth))),
  ]
  const required = (rule.required ?? []).flatMap((key) => {
    const property = rule.properties?.[key]
    return property === undefined ? [] : [fc.tuple(fc.constant(key), lazily(property, depth))]
  })
  const stray = fc.tuple(fc.constantFrom('stray', 'x-stray', '', 'Bad Name'), anything)
  const some = entries.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...entries), { maxLength: depth < 2 ? 5 : 2 })
  return fc
    .tuple(
      some,
      fc.oneof({ weight: odds, arbitrary: fc.tuple(...required) }, { weight: 1, arbitrary: fc.constant([]) }),
      fc.oneof({ weight: odds, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.tuple(stray) }),
    )
    .map((parts) => Object.fromEntries(parts.flat()))
}

/** Built when first drawn from: the rules are a large graph. */
const made = new WeakMap<Rule, fc.Arbitrary<unknown>>()

function lazily(rule: Rule, depth: number): fc.Arbitrary<unknown> {
  return fc.constant(null).chain(() => {
    let arbitrary = made.get(rule)
    if (arbitrary === undefined) {
      arbitrary = values(rule, depth + 1)
      made.set(rule, arbitrary)
    }
    return arbitrary
  })
}

/** Documents shaped by the rules, most of them right but for one value here or there. */
export const documents: fc.Arbitrary<unknown> = values(rules, 0)
