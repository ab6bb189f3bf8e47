import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { load } from '../load.ts'
import { nodeSource } from './node.ts'

const folder = mkdtempSync(join(tmpdir(), 'windflow-source-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the file system of the machine', () => {
  it('tells files from folders from nothing', () => {
    writeFileSync(join(folder, 'a'), 'text')
    const source = nodeSource()
    expect([source.kind(join(folder, 'a')), source.kind(folder), source.kind(join(folder, 'none'))]).toEqual([
      'file',
      'directory',
      undefined,
    ])
    expect(source.readFile(join(folder, 'a'))).toBe('text')
  })

  it('does not lead out of its roots through a link', () => {
    const stack = join(folder, 'stack')
    mkdirSync(stack)
    writeFileSync(join(folder, 'secret.env'), 'KEY=value')
    symlinkSync(join(folder, 'secret.env'), join(stack, 'link.env'))
    writeFileSync(join(stack, 'compose.yaml'), 'services:\n  a: {image: x, env_file: link.env}\n')
    const options = { env: {}, projectDirectory: stack }
    const within = load(['compose.yaml'], { ...options, source: nodeSource({ roots: [stack] }) })
    expect(within.diagnostics).toMatchObject([{ code: 'file/outside', line: 2, column: 17 }])
    const anywhere = load(['compose.yaml'], { ...options, source: nodeSource() })
    expect(anywhere.model?.services.a?.environment).toEqual({ KEY: 'value' })
  })
})
