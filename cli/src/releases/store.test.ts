import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nextReleaseNumber, releasesFolder } from './numbers.ts'
import type { ReleaseContent } from './release.ts'
import { type Beginning, ReleaseStore } from './store.ts'

let folder: string
let env: Record<string, string>

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'windflow-releases-'))
  env = { XDG_CONFIG_HOME: join(folder, 'config') }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function content(secret: string): ReleaseContent {
  return {
    model: {
      name: 'shop',
      services: { web: { image: 'web:1', environment: { PASSWORD: secret } } },
    } as unknown as ReleaseContent['model'],
    hashes: { services: { web: 'abc' }, networks: {}, volumes: {} },
    source: { workingDirectory: folder, configFiles: [join(folder, 'compose.yaml')], environmentFiles: [] },
    environment: { PASSWORD: secret },
    files: [{ path: join(folder, '.env'), text: `PASSWORD=${secret}\n` }],
  }
}

function beginning(secret = 'hunter2'): Beginning {
  return { author: 'ada@host', images: { web: { reference: 'web:1' } }, content: content(secret) }
}

const store = (project = 'shop') => new ReleaseStore({ folder, project, env })

function release(number: number, status: 'succeeded' | 'failed' | 'rolled_back' = 'succeeded', secret?: string) {
  const releases = store()
  releases.begin(number, beginning(secret))
  releases.finish(number, { status })
}

describe('the releases of a project folder', () => {
  it('gives back exactly what a release was made from', () => {
    release(1, 'succeeded', 'first')
    release(2, 'succeeded', 'second')
    expect(store().read(1)).toEqual(content('first'))
    expect(store().current()).toEqual({ release: 2, seen: 2 })
  })

  it('keeps no value in clear, in a folder and files for their owner alone', () => {
    release(1, 'succeeded', 'planted-secret')
    const paths = readdirSync(join(folder, '.windflow'), { recursive: true, withFileTypes: true })
    expect(paths.length).toBeGreaterThan(4)
    for (const entry of paths) {
      const path = join(entry.parentPath, entry.name)
      expect(statSync(path).mode & 0o077, path).toBe(0)
      if (entry.isFile()) expect(readFileSync(path, 'latin1'), path).not.toContain('planted-secret')
    }
    expect(statSync(join(folder, '.windflow')).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(folder, '.windflow', '.gitignore'), 'utf8')).toBe('*\n')
  })

  it('makes the key once, outside of the project, for its owner alone', () => {
    release(1)
    const path = join(folder, 'config', 'windflow', 'key')
    const key = readFileSync(path, 'utf8')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    release(2)
    expect(readFileSync(path, 'utf8')).toBe(key)
  })

  it('takes the permissions of a key that others can read away', () => {
    release(1)
    const path = join(folder, 'config', 'windflow', 'key')
    chmodSync(path, 0o644)
    store().read(1)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('says that the key is missing, and loses nothing', () => {
    release(1)
    const path = join(folder, 'config', 'windflow', 'key')
    const key = readFileSync(path)
    rmSync(path)
    expect(() => store().read(1)).toThrow(expect.objectContaining({ code: 'releases/key-missing' }))
    writeFileSync(path, key, { mode: 0o600 })
    expect(store().read(1)).toEqual(content('hunter2'))
  })

  it('says that the key is damaged', () => {
    release(1)
    writeFileSync(join(folder, 'config', 'windflow', 'key'), 'nonsense')
    expect(() => store().read(1)).toThrow(expect.objectContaining({ code: 'releases/key-damaged' }))
    expect(() => store().begin(2, beginning())).toThrow(expect.objectContaining({ code: 'releases/key-damaged' }))
  })

  it('says that a release was made with another key', () => {
    release(1)
    rmSync(join(folder, 'config'), { recursive: true })
    release(2)
    expect(() => store().read(1)).toThrow(expect.objectContaining({ code: 'releases/other-key' }))
    expect(store().read(2)).toEqual(content('hunter2'))
  })

  it('refuses content that was changed, or moved from another release', () => {
    release(1, 'succeeded', 'first')
    release(2, 'succeeded', 'second')
    const path = (number: number) => join(folder, '.windflow', 'releases', 'shop', String(number), 'content')
    const first = readFileSync(path(1))
    writeFileSync(path(2), first)
    expect(() => store().read(2)).toThrow(expect.objectContaining({ code: 'releases/damaged' }))
    first[first.length - 1] = (first[first.length - 1] ?? 0) ^ 1
    writeFileSync(path(1), first)
    expect(() => store().read(1)).toThrow(expect.objectContaining({ code: 'releases/damaged' }))
  })

  it('names a record that cannot be read and lists the others', () => {
    release(1)
    release(2)
    writeFileSync(join(folder, '.windflow', 'releases', 'shop', '1', 'release.json'), '{"number": 1')
    expect(store().list()).toMatchObject({ releases: [{ number: 2 }], damaged: [1] })
    expect(() => store().read(1)).toThrow(expect.objectContaining({ code: 'releases/damaged' }))
  })

  it('never gives a number twice, also when a release was cut off while being written', () => {
    release(1)
    mkdirSync(join(folder, '.windflow', 'releases', 'shop', '2'))
    expect(
      store()
        .list()
        .releases.map((one) => one.number),
    ).toEqual([1])
    expect(nextReleaseNumber(releasesFolder(folder, 'shop'))).toBe(3)
    expect(() => store().begin(2, beginning())).toThrow(expect.objectContaining({ code: 'releases/number-taken' }))
  })

  it('keeps two projects of one folder apart', () => {
    release(1)
    expect(store('other').list().releases).toEqual([])
    expect(() => store('other').read(1)).toThrow(expect.objectContaining({ code: 'releases/unknown' }))
  })

  it('keeps the last twenty, and always the current one and the one before it', () => {
    release(1)
    release(2)
    for (let number = 3; number <= 30; number++) release(number, 'failed')
    release(31)
    const kept = store()
      .list()
      .releases.map((one) => one.number)
    expect(kept).toHaveLength(20)
    expect(kept).toContain(2)
    expect(kept).toContain(31)
    expect(kept).not.toContain(1)
  })

  it('says of a release that was cut off that it was interrupted', () => {
    store().begin(1, beginning())
    store().settleInterrupted()
    expect(store().list().releases[0]).toMatchObject({ status: 'failed', failure: 'it was interrupted' })
  })
})
