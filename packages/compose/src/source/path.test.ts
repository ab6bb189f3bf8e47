import { describe, expect, it } from 'vitest'
import { basename, clean, dirname, isWindowsAbsolute, isWithin, join, relative } from './path.ts'

describe('paths', () => {
  it.each([
    ['', '.'],
    ['/', '/'],
    ['/..', '/'],
    ['a/../..', '..'],
    ['./a//b/./c/', 'a/b/c'],
    ['/a/../b', '/b'],
    ['../../a', '../../a'],
  ])('clean %s to %s', (path, expected) => {
    expect(clean(path)).toBe(expected)
  })

  it('are joined without their empty parts', () => {
    expect(join('/p', '', '../q')).toBe('/q')
    expect(join('', '')).toBe('')
    expect(join('.', './x')).toBe('x')
  })

  it('have a folder and a last part', () => {
    expect([dirname('/a/b'), dirname('/a'), dirname('a')]).toEqual(['/a', '/', '.'])
    expect([basename('/a/b/'), basename('/'), basename('')]).toEqual(['b', '/', '.'])
  })

  it('are seen from one another', () => {
    expect(relative('/a/b', '/a/c/d')).toBe('../c/d')
    expect(relative('/a', '/a')).toBe('.')
    expect(relative('/', '/a')).toBe('a')
  })

  it('are within a root only below it, not beside it', () => {
    expect([isWithin('/p', '/p'), isWithin('/p', '/p/q'), isWithin('/p', '/pq'), isWithin('/', '/x')]).toEqual([
      true,
      true,
      false,
      true,
    ])
  })

  it('of Windows are known by drive or host', () => {
    expect(['C:\\x', 'c:/x', '\\\\host\\x', '//host/x', 'c:x', '/x'].map(isWindowsAbsolute)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ])
  })
})
