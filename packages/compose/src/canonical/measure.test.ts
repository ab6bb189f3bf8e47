import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseBytes, parseDuration, shortestFloat32 } from './measure.ts'

describe('durations', () => {
  it('come back from the form they are printed in', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (nanoseconds) => {
        const text = formatDuration(nanoseconds)
        const again = parseDuration(text)
        // Fractions go through a double, as in Docker Compose.
        const difference = again === undefined ? undefined : again - nanoseconds
        expect(difference !== undefined && difference >= -1n && difference <= 1n, text).toBe(true)
      }),
    )
  })

  it.each(['', 's', '1', '1 s', '1x', '--1s', '1s ', '99999999999999h'])('are not %j', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })
})

describe('bytes', () => {
  it.each([
    ['0', '0'],
    ['-1', '-1'],
    ['9223372036854775807', '9223372036854775807'],
    ['1.5g', '1610612736'],
    ['2 KiB', '2048'],
  ])('%s are %s', (text, expected) => {
    expect(parseBytes(text)).toBe(expected)
  })

  it.each(['', 'g', '1gg', '-1k', '9223372036854775808', '1.2.3'])('are not %j', (text) => {
    expect(parseBytes(text)).toBeUndefined()
  })
})

describe('single precision', () => {
  it('is printed with the fewest digits that mean the same number', () => {
    fc.assert(
      fc.property(fc.float({ min: Math.fround(1e-30), noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(shortestFloat32(value))).toBe(value)
      }),
    )
    expect(shortestFloat32(0.1)).toBe(0.1)
  })
})
