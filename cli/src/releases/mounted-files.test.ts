import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Project } from '@windflow/compose'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writtenSince } from './mounted-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'windflow-mounted-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, seconds: number): string {
  const path = join(folder, name)
  writeFileSync(path, name)
  utimesSync(path, seconds, seconds)
  return path
}

it('names the mounted files that are newer than a release, and no others', () => {
  const model: Project = {
    name: 'shop',
    services: {
      web: {
        image: 'web',
        command: null,
        entrypoint: null,
        configs: [{ source: 'old' }, { source: 'new' }, { source: 'text' }],
        secrets: [{ source: 'key' }],
      },
    },
    configs: {
      old: { file: file('old', 100) },
      new: { file: file('new', 300) },
      unused: { file: file('unused', 300) },
      text: { content: 'text' },
    },
    secrets: { key: { file: file('key', 300) }, gone: { file: join(folder, 'gone') } },
  }
  expect(writtenSince(model, 200_000)).toEqual([
    `config new (${join(folder, 'new')})`,
    `secret key (${join(folder, 'key')})`,
  ])
})
