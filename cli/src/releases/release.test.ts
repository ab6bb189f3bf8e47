import { describe, expect, it } from 'vitest'
import { type Release, type ReleaseStatus, rollbackTarget } from './release.ts'

function history(...statuses: ReleaseStatus[]): Release[] {
  return statuses.map((status, index) => ({
    number: index + 1,
    project: 'shop',
    status,
    author: 'ada@host',
    createdAt: '2026-01-01T00:00:00Z',
    images: {},
    files: [],
    key: 'k',
  }))
}

describe('a rollback without a number', () => {
  it('goes to the last release that worked before the current one', () => {
    const releases = history('succeeded', 'failed', 'succeeded')
    expect(rollbackTarget(releases, { release: 3, seen: 3 })?.number).toBe(1)
  })

  it('goes to the current one after an up that failed', () => {
    const releases = history('succeeded', 'succeeded', 'rolled_back')
    expect(rollbackTarget(releases, { release: 2, seen: 2 })?.number).toBe(2)
  })

  it('goes to the current one after an up that was cut off', () => {
    const releases = history('succeeded', 'applying')
    expect(rollbackTarget(releases, { release: 1, seen: 1 })?.number).toBe(1)
  })

  it('goes further back when it is repeated', () => {
    const releases = history('succeeded', 'succeeded', 'succeeded', 'failed')
    expect(rollbackTarget(releases, { release: 3, seen: 4 })?.number).toBe(2)
    expect(rollbackTarget(releases, { release: 2, seen: 4 })?.number).toBe(1)
    expect(rollbackTarget(releases, { release: 1, seen: 4 })).toBeUndefined()
  })

  it('goes to the last that worked when the pointer is lost', () => {
    expect(rollbackTarget(history('succeeded', 'succeeded', 'failed'), undefined)?.number).toBe(2)
  })

  it('has nowhere to go when nothing ever worked', () => {
    expect(rollbackTarget(history('failed'), undefined)).toBeUndefined()
  })
})
