import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toPlain } from '../canonical/decoder.ts'
import { parseDocuments } from '../parse/document.ts'
import type { Node } from '../parse/node.ts'
import { buildTree } from '../parse/tree.ts'
import { emitYaml } from './emit-yaml.ts'

function parse(text: string): unknown {
  return toPlain(buildTree(parseDocuments(text)[0] as Node).tree.value)
}

const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc
    .array(fc.constantFrom('\n', ' ', 'a', ':', '#', '- ', '\t', "'", '"', '0', '.', 'e', '1'), { maxLength: 10 })
    .map((parts) => parts.join('')),
  fc.constantFrom('yes', 'null', '~', '<<', '=', '1_000', '0x1f', '12:30', '2024-01-01', '.inf', '---', '!a', '@', '%'),
)
const key = text.filter((name) => name !== '')
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}))

describe('YAML that is written', () => {
  it('reads back as what was written, whatever it is', () => {
    fc.assert(
      fc.property(value, (data) => {
        const plain = JSON.parse(JSON.stringify(data))
        expect(parse(emitYaml(plain))).toEqual(plain)
      }),
      { numRuns: 1000 },
    )
  })

  it('has text of several lines as a block', () => {
    expect(emitYaml({ a: 'one\n  two\n', b: ['x\ny'] })).toBe('a: |\n  one\n    two\nb:\n  - |-\n    x\n    y\n')
  })

  it('has the first entry of a mapping on the line of its item', () => {
    expect(emitYaml({ l: [{ a: 1, b: { c: [] } }, [1, [2]]] })).toBe(
      'l:\n  - a: 1\n    b:\n      c: []\n  -\n    - 1\n    -\n      - 2\n',
    )
  })
})
