import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type LoaderOptions, loadExtensions } from './extension.ts'
import { createLogger } from './log.ts'
import { Points } from './points.ts'
import { Services } from './service.ts'

/** A folder with throw-away extensions; each counts in a global how often its code was loaded. */
function folder(...ids: readonly string[]): string {
  const path = mkdtempSync(join(tmpdir(), 'windflow-extensions-'))
  for (const id of ids) {
    mkdirSync(join(path, id))
    writeFileSync(join(path, id, 'manifest.ts'), '')
    writeFileSync(
      join(path, id, 'plugin.ts'),
      `globalThis.loaded = [...(globalThis.loaded ?? []), '${path}/${id}']
export default {
  manifest: { id: '${id}', requires: ${id === 'needy' ? "['base']" : '[]'}, conflicts: ${id === 'rival' ? "['base']" : '[]'} },
  register(context) {
    context.register('metrics', '${id}', { collect: async () => '${id} 1' })
    context.degraded('service is down')
  },
}
`,
    )
  }
  return path
}

function options(path: string, enabled: readonly string[]): LoaderOptions {
  return {
    folder: path,
    enabled,
    settings: {},
    points: new Points(),
    services: new Services(),
    log: createLogger('silent'),
  }
}

describe('extension loader', () => {
  it('adds an extension by adding a folder, and loads nothing of one that is off', async () => {
    const path = folder('base', 'idle')
    const given = options(path, ['base'])
    const { extensions, dispose } = await loadExtensions(given)
    expect(extensions.map((extension) => extension.state)).toEqual([{ state: 'degraded', reason: 'service is down' }])
    expect(await given.points.get('metrics', 'base')?.collect()).toBe('base 1')
    const loaded: unknown = Reflect.get(globalThis, 'loaded')
    expect(loaded).toContain(`${path}/base`)
    expect(loaded).not.toContain(`${path}/idle`)
    await dispose()
    expect(given.points.all('metrics')).toEqual([])
  })

  it('names every unknown extension and what is known', async () => {
    await expect(loadExtensions(options(folder('base'), ['x', 'y']))).rejects.toThrow(
      /"x" is unknown: known are base[\s\S]*"y"/,
    )
  })

  it('refuses an unmet requirement and a conflict', async () => {
    const path = folder('base', 'needy', 'rival')
    await expect(loadExtensions(options(path, ['needy']))).rejects.toThrow(/requires "base"/)
    await expect(loadExtensions(options(path, ['base', 'rival']))).rejects.toThrow(/does not work together/)
  })
})
