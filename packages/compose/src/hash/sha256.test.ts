import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sha256 } from './sha256.ts'

const reference = (text: string) => createHash('sha256').update(text).digest('hex')

it('agrees with another implementation on every length around a block', () => {
  for (let length = 0; length < 200; length++) expect(sha256('a'.repeat(length))).toBe(reference('a'.repeat(length)))
})

it('agrees with another implementation on any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
      expect(sha256(text)).toBe(reference(text))
    }),
  )
})
