import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { load, memorySource, toJson, toYaml } from '../src/index.ts'
import { bundleNames, readBundle } from './bundle.ts'

/** Inputs of the whole file; three kinds share them. */
const RUNS = Math.ceil(Number(process.env.FUZZ_RUNS ?? 3000) / 3)

/** Processor seconds that one input may take. Not wall time, which a busy machine stretches. */
const LIMIT = 1

/** Files by other authors, where they lie beside the checkout. */
const CORPUS = join(import.meta.dirname, '../../../../shared/compose-corpus/cases')

function seeds(): string[] {
  const own = bundleNames().flatMap((bundle) => readBundle(bundle).flatMap(({ files }) => Object.values(files)))
  if (!existsSync(CORPUS)) return own
  const corpus = readdirSync(CORPUS).filter((name) => name.endsWith('.yml'))
  return [...own, ...corpus.map((name) => readFileSync(join(CORPUS, name), 'utf8'))]
}

/** Loads a text as a Compose file. Whatever the text, there is a model or an error with a place, soon. */
function check(text: string, others: Readonly<Record<string, string>> = {}): void {
  const path = '/project/compose.yaml'
  const source = memorySource({ [path]: text, ...others }, ['/project'])
  const before = process.cpuUsage()
  const { model, diagnostics } = load([path], {
    env: { HOME: '/root', A: '1', E: '' },
    source,
    projectDirectory: '/project',
  })
  if (model !== undefined) {
    JSON.parse(toJson(model))
    toYaml(model)
  } else expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
  for (const { line, column, message, hint } of diagnostics) {
    expect(line).toBeGreaterThan(0)
    expect(column).toBeGreaterThan(0)
    expect(message).not.toBe('')
    expect(hint).not.toBe('')
  }
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1e6, `seconds for ${JSON.stringify(text.slice(0, 200))}`).toBeLessThan(LIMIT)
}

const TOKENS = [
  ...'\n :-?[]{},#&*!|>\'"%@`$~\t\r=<.0a'.split(''),
  ...[
    '\n  ',
    '\n    ',
    ': ',
    '- ',
    '<<: *a',
    '&a ',
    '*a',
    '!reset ',
    '!override ',
    '!!str ',
    '---\n',
    '...\n',
    '${A',
    '${A:-',
    '}',
    '$$',
  ],
  ...[
    'services:',
    'image: x',
    'ports:',
    '"80:80"',
    'extends: ',
    'include: ',
    'build: ',
    'environment:',
    'volumes:',
    'null',
    'true',
    '1e9',
  ],
  ...[
    'depends_on: ',
    'networks: ',
    'deploy: ',
    'replicas: ',
    'x-a: ',
    '__proto__: ',
    'constructor',
    'toString: ',
    '\u2028',
    '\ufeff',
    '\0',
    '😀',
  ],
]

const yamlSoup = fc.array(fc.constantFrom(...TOKENS), { maxLength: 120 }).map((tokens) => tokens.join(''))

const scalar = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    80,
    '',
    'x',
    '80:80',
    './a:/b',
    '${A}',
    '${B:-c}',
    'service:a',
    '1g',
    '10s',
    'all',
  ),
  fc.string({ maxLength: 12 }),
  fc.integer(),
)
const KEYS = (
  'image build command environment ports volumes networks depends_on deploy extends env_file labels healthcheck profiles secrets ' +
  'configs scale develop watch context args limits resources target published source type test interval x-a __proto__ include file service'
).split(' ')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS, 'a', 'b'), tie('value'), { maxKeys: 5 }),
  ),
}))
const model = fc.record(
  {
    services: fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.dictionary(fc.constantFrom(...KEYS), value, { maxKeys: 8 }),
    ),
    networks: value,
    volumes: value,
    secrets: value,
    configs: value,
    include: value,
    name: value,
  },
  { requiredKeys: ['services'] },
)

describe('the loader, whatever it is given', () => {
  it('answers to soup of YAML', () => {
    fc.assert(
      fc.property(yamlSoup, (text) => check(text)),
      { numRuns: RUNS },
    )
  })

  it('answers to values in the wrong places', () => {
    fc.assert(
      fc.property(model, model, (one, two) => check(JSON.stringify(one), { '/project/b.yaml': JSON.stringify(two) })),
      { numRuns: RUNS },
    )
  })

  it('answers to real files that were damaged', () => {
    const all = seeds()
    const damage = fc.record({
      file: fc.nat(all.length - 1),
      edits: fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          drop: fc.nat(30),
          add: fc.oneof(fc.constantFrom(...TOKENS), fc.string({ maxLength: 5 })),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    })
    fc.assert(
      fc.property(damage, ({ file, edits }) => {
        let text = all[file] ?? ''
        for (const { at, drop, add } of edits) {
          const start = Math.floor(at * text.length)
          text = text.slice(0, start) + add + text.slice(start + drop)
        }
        check(text)
      }),
      { numRuns: RUNS },
    )
  })
})
