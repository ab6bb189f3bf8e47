import { describe, expect, test } from 'vitest'
import { holderLabels, holderOf, liveness, newHolder, retire } from './owner.ts'

describe('a holder of a lock', () => {
  test('is the same after it was written into labels', () => {
    const holder = newHolder('me')
    expect(holderOf(holderLabels(holder))).toEqual(holder)
    expect(holderOf({ other: 'label' })).toBeUndefined()
  })

  test('is alive while its process is', () => {
    expect(liveness(newHolder('me'))).toBe('alive')
  })

  test('is dead once it is retired, though the process lives on', () => {
    const holder = newHolder('me')
    retire(holder)
    expect(liveness(holder)).toBe('dead')
  })

  test('is dead when another process has its number, or none has', () => {
    expect(liveness({ ...newHolder('me'), pidStart: '1' })).toBe('dead')
    expect(liveness({ ...newHolder('me'), pid: 2 ** 22 + 1 })).toBe('dead')
  })

  test('elsewhere is neither', () => {
    expect(liveness({ ...newHolder('me'), place: 'another boot' })).toBe('unknown')
    const { place: _, ...nowhere } = newHolder('me')
    expect(liveness(nowhere)).toBe('unknown')
  })
})
