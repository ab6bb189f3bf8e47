import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compact, durationText, entries, exposedPorts, mapOf, nanoCpus, nanoseconds } from './values.ts'

describe('values on the wire', () => {
  test.each([
    ['0s', 0],
    ['100ms', 1e8],
    ['1.5s', 15e8],
    ['1m30s', 90e9],
    ['1h0m0s', 3600e9],
    ['1us', 1000],
  ])('duration %s is %d ns', (text, expected) => expect(nanoseconds(text)).toBe(expected))

  test.each(['0s', '100ms', '1m30s', '1s500ms', '1h', '2m'])('duration %s is written as it was read', (text) =>
    expect(durationText(nanoseconds(text))).toBe(text),
  )

  test('processors are counted with single precision, as Docker Compose does', () => {
    expect(nanoCpus(0.5)).toBe(500_000_000)
    expect(nanoCpus(0.1)).toBe(100_000_000)
    // Twice the precision would give 333333300.
    expect(nanoCpus(0.3333333)).toBe(333_333_312)
  })

  test('a range of exposed ports is one by one, each with its protocol', () => {
    expect(exposedPorts('7000')).toEqual(['7000/tcp'])
    expect(exposedPorts('8000-8002/udp')).toEqual(['8000/udp', '8001/udp', '8002/udp'])
    expect(() => exposedPorts('x')).toThrow('"x" is not a port to expose')
  })

  test('entries and maps are two forms of the same', () => {
    const variables = fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => !name.includes('=')),
      fc.option(fc.string()),
    )
    fc.assert(
      fc.property(variables, (map) => {
        expect(mapOf(entries(map))).toEqual({ ...map })
      }),
    )
  })

  test('what is not set is left out', () => {
    expect(compact({ a: 0, b: '', c: [], d: {}, e: null, f: undefined, g: false })).toBeUndefined()
    expect(compact({ a: 0, b: 'x' })).toEqual({ b: 'x' })
  })
})
