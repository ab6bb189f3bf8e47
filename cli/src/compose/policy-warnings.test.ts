import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordingStreams } from '../../test/recording-streams.ts'
import { loadProject } from '../project/load.ts'
import { elementPath, policyWarnings } from './policy-warnings.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'windflow-policy-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function warnings(text: string) {
  writeFileSync(join(folder, 'compose.yaml'), text)
  const context = { streams: recordingStreams(), env: {}, cwd: folder, version: '1' }
  return policyWarnings(loadProject({}, context))
}

describe('what reaches beyond the project', () => {
  it('is a warning at its line', () => {
    const found = warnings(
      'services:\n  my.web:\n    image: web\n    volumes:\n      - ./src:/src\n      - /etc:/host\n    privileged: true\n',
    )
    expect(found).toContainEqual(
      expect.objectContaining({
        code: 'policy/host-path',
        severity: 'warning',
        file: join(folder, 'compose.yaml'),
        line: 6,
      }),
    )
    expect(found).toContainEqual(expect.objectContaining({ code: 'policy/privileged', line: 7 }))
  })

  it('is nothing for files that keep to themselves', () => {
    expect(
      warnings('services:\n  web:\n    image: web\n    volumes: [data:/d, ./src:/src]\nvolumes:\n  data: {}\n'),
    ).toEqual([])
  })
})

describe('the path of a finding', () => {
  it.each([
    [{ path: 'services.web.volumes[0]', service: 'web' }, ['services', 'web', 'volumes', 0]],
    [{ path: 'services.my.web.pid', service: 'my.web' }, ['services', 'my.web', 'pid']],
    [{ path: 'services.web', service: 'web' }, ['services', 'web']],
    [{ path: 'networks.front.external' }, ['networks', 'front', 'external']],
  ])('%j', (finding, path) => expect(elementPath(finding)).toEqual(path))
})
