import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Diagnostic } from '@windflow/compose'
import { EngineError } from '@windflow/engine'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { recordingStreams } from '../test/recording-streams.ts'
import { parseCommandLine } from './command-line/parse.ts'
import { FilesRefused, showFailure } from './failure.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'windflow-failure-'))
  vi.stubEnv('XDG_STATE_HOME', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

async function shown(error: unknown, argv: readonly string[]) {
  const streams = recordingStreams()
  const parsed = parseCommandLine(argv, '1.2.3')
  const invocation = parsed.kind === 'run' ? { invocation: parsed.invocation } : {}
  const code = await showFailure(error, { streams, argv, version: '1.2.3', ...invocation })
  return { code, ...streams.said }
}

const engineAway = new EngineError('engine-away', 'no engine answers at unix:///x', {
  class: 'target',
  hint: 'start it',
})

const diagnostic: Diagnostic = {
  file: '/srv/compose.yaml',
  line: 3,
  column: 5,
  severity: 'error',
  code: 'parse/duplicate-key',
  message: 'the key "web" is there twice',
  hint: 'remove one of them',
}

describe('a failure', () => {
  it('says what happened and what to do', async () => {
    expect(await shown(engineAway, ['compose', 'up'])).toEqual({
      code: 1,
      out: '',
      err: 'error engine-away: no engine answers at unix:///x\n  start it\n',
    })
  })

  it('is an object on standard output for programs', async () => {
    const { code, out, err } = await shown(engineAway, ['compose', 'up', '--format', 'json'])
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({
      error: { code: 'engine-away', class: 'target', message: 'no engine answers at unix:///x', hint: 'start it' },
    })
    expect(err).toBe('')
  })

  it('of the files stands at its place', async () => {
    const { err } = await shown(new FilesRefused([diagnostic]), ['compose', 'config', '--format', 'json'])
    expect(err).toBe(
      '/srv/compose.yaml:3:5: error parse/duplicate-key the key "web" is there twice\n  remove one of them\n',
    )
  })

  it('that is ours shows an id and where the report is, never a stack', async () => {
    const argv = ['compose', 'exec', '-e', 'PASSWORD=planted-secret', 'web', 'ls']
    const { code, err } = await shown(new TypeError('x is not a function'), argv)
    expect(code).toBe(1)
    expect(err).not.toMatch(/\n\s+at /)
    expect(err).not.toContain('x is not a function')
    const path = /report is in (\S+)/.exec(err)?.[1] ?? ''
    const report = readFileSync(path, 'utf8')
    expect(report).toMatch(/TypeError: x is not a function\n\s+at /)
    expect(report).toContain('command: windflow compose exec -e … web ls')
    expect(report).not.toContain('planted-secret')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('that is ours is told also when nowhere can be written', async () => {
    vi.stubEnv('XDG_STATE_HOME', '/dev/null')
    vi.stubEnv('TMPDIR', '/dev/null')
    expect((await shown(undefined, ['compose', 'up'])).err).toContain('could not be written')
  })
})
