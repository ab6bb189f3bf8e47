import { expect, it } from 'vitest'
import { compare, median } from './statistics.ts'

it('takes the middle of an odd list and the mean of the two middle ones of an even list', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 3, 100])).toBe(3.5)
  expect(() => median([])).toThrow(RangeError)
})

it('compares pair by pair, so that a slow moment of the machine does not count for either side', () => {
  const pairs = [
    { windflow: 50, compose: 100 },
    { windflow: 500, compose: 1000 },
    { windflow: 60, compose: 100 },
  ]
  expect(compare(pairs)).toEqual({ pairs: 3, windflow: 60, compose: 100, ratio: 0.5 })
})
