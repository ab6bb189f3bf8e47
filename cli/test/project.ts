import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mustRun, runCommand } from '../../scripts/testing/command.ts'
import { type Outcome, type RunOptions, windflow } from './run-windflow.ts'

/** A Compose project in a folder of its own, on the engine that DOCKER_HOST names. */
export interface TestProject extends AsyncDisposable {
  readonly folder: string
  readonly name: string
  write(file: string, text: string): void
  /** `windflow compose WORDS` in its folder. */
  compose(words: readonly string[], options?: Partial<RunOptions>): Promise<Outcome>
  /** The docker command line; must succeed. */
  docker(...words: string[]): Promise<string>
  /** Id of a running container of a service. */
  containerOf(service: string): Promise<string>
}

let count = 0

export function testProject(composeFile: string): TestProject {
  const folder = mkdtempSync(join(tmpdir(), 'windflow-e2e-'))
  const name = `wfcli${process.pid.toString(36)}${(count++).toString(36)}`
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text)
  write('compose.yaml', composeFile)
  const docker = async (...words: string[]) => (await mustRun('docker', words)).trim()
  return {
    folder,
    name,
    write,
    docker,
    compose: (words, options = {}) =>
      windflow(['compose', '-p', name, ...words], {
        cwd: folder,
        ...options,
        env: { XDG_CONFIG_HOME: join(folder, 'config'), XDG_STATE_HOME: join(folder, 'state'), ...options.env },
      }),
    containerOf: (service) =>
      docker(
        'ps',
        '-q',
        '--no-trunc',
        ...['--filter', `label=com.docker.compose.project=${name}`],
        ...['--filter', `label=com.docker.compose.service=${service}`],
      ),
    async [Symbol.asyncDispose]() {
      const label = `label=com.docker.compose.project=${name}`
      const ids = (await docker('ps', '-aq', '--filter', label)).split('\n').filter(Boolean)
      if (ids.length > 0) await runCommand('docker', ['rm', '-fv', ...ids])
      for (const kind of ['network', 'volume']) {
        const names = (await docker(kind, 'ls', '-q', '--filter', label)).split('\n').filter(Boolean)
        if (names.length > 0) await runCommand('docker', [kind, 'rm', ...names])
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
