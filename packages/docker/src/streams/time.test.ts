import { describe, expect, it } from 'vitest'
import { engineTime } from './time.ts'

describe('a time for the engine', () => {
  /** 1893553445 seconds since 1970. */
  const now = Date.parse('2030-01-02T03:04:05Z')

  it.each([
    ['10m', '1893552845.000'],
    ['1h30m', '1893548045.000'],
    ['1.5s', '1893553443.500'],
    ['2030-01-02T03:04:05Z', '1893553445'],
    ['2030-01-02T03:04:05.123456789Z', '1893553445.123456789'],
    ['2030-01-02T03:04:05+01:00', '1893549845'],
    ['1893553445.5', '1893553445.5'],
  ])('from %s', (text, expected) => {
    expect(engineTime(text, now)).toBe(expected)
  })

  it.each(['yesterday', '10x', '2030-13-40', ''])('is not "%s"', (text) => {
    expect(() => engineTime(text, now)).toThrow(/is not a time/)
  })
})
