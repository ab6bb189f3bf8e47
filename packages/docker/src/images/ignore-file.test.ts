import { describe, expect, it } from 'vitest'
import { IgnoreFile, type Inherited } from './ignore-file.ts'

/** Walks down to a path as the context does. */
function ignores(rules: string, path: string): boolean {
  const file = new IgnoreFile(rules, '.dockerignore')
  let inherited: Inherited | undefined
  let ignored = false
  const parts = path.split('/')
  for (let depth = 1; depth <= parts.length; depth++) {
    const verdict = file.match(parts.slice(0, depth).join('/'), inherited)
    inherited = verdict.inherited
    ignored = verdict.ignored
  }
  return ignored
}

describe('an ignore file', () => {
  it.each([
    ['*.log', 'a.log', true],
    ['*.log', 'sub/a.log', false],
    ['**/*.log', 'sub/deep/a.log', true],
    ['**/*.log', 'a.log', true],
    ['**.log', 'sub/a.log', true],
    ['sub', 'sub/deep/file', true],
    ['sub/', 'sub/file', true],
    ['/sub', 'sub/file', true],
    ['./sub/../sub', 'sub', true],
    ['sub/**', 'sub/deep/file', true],
    ['sub/**', 'sub', false],
    ['**/node_modules', 'a/b/node_modules/x', true],
    ['**', 'anything/at/all', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['\\*', '*', true],
    ['\\*', 'x', false],
    ['a.c', 'abc', false],
    ['sub\n!sub/keep', 'sub/keep', false],
    ['sub\n!sub/keep', 'sub/keep/inner', false],
    ['sub\n!sub/keep\nsub/keep/no', 'sub/keep/no', true],
    ['!sub/keep\nsub', 'sub/keep', true],
    ['*\n!**/*.ts', 'src/a.ts', false],
    ['# sub\n\n  sub  ', 'sub', true],
    ['\uFEFFsub', 'sub', true],
    ['#sub', 'sub', false],
  ])('with %j: %s ignored is %s', (rules, path, expected) => {
    expect(ignores(rules, path)).toBe(expected)
  })

  it.each([
    ['sub\n!sub/keep', 'sub', true],
    ['sub\n!sub/deep/keep', 'sub/deep', true],
    ['sub\n!other/keep', 'sub', false],
    ['*\n!**/*.ts', 'node_modules', true],
    ['*\n!src/*/x', 'src/a', true],
    ['sub', 'sub', false],
  ])('with %j: something wanted may be in %s is %s', (rules, folder, expected) => {
    expect(new IgnoreFile(rules, '.dockerignore').mayHoldWanted(folder)).toBe(expected)
  })

  it('that is not valid is an error at its line', () => {
    expect(() => new IgnoreFile('ok\n[a', '/x/.dockerignore')).toThrow(
      '/x/.dockerignore:2: "[a" is not a valid pattern',
    )
    expect(() => new IgnoreFile('!', '/x/.dockerignore')).toThrow('/x/.dockerignore:1')
  })
})
