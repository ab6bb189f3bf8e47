import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CommandResult, mustRun, runCommand } from '../scripts/testing/command.ts'
import { stackFile } from './stack.ts'

/** The two programs that are compared. */
export type Program = 'windflow' | 'compose'

/** One program with a project of its own on the common engine. */
export interface Side {
  readonly program: Program
  /** Milliseconds that one command took, from start to exit. Throws when it does not exit with 0. */
  time(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<number>
  /** How `up` is written, with the wait for health or without. */
  up(gate: boolean): readonly string[]
  /** Number of running containers of the project. */
  running(): Promise<number>
  /** Removes whatever the project has left on the engine, volumes included. Not measured. */
  wipe(): Promise<void>
}

export interface SideOptions {
  readonly program: Program
  /** Command line that a user would type before `up` or `config`. */
  readonly command: readonly string[]
  /** Folder in which the project's own folder is made. */
  readonly folder: string
  readonly services: number
  readonly env: Readonly<Record<string, string>>
}

/** Makes the folder and Compose file of one side. */
export async function createSide(options: SideOptions): Promise<Side> {
  const { program, env } = options
  const project = `bench-${program}-${options.services}`
  const folder = join(options.folder, project)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'compose.yaml'), stackFile(options.services))
  const [name = '', ...first] = options.command
  const ofProject = ['--filter', `label=com.docker.compose.project=${project}`]
  const list = async (...args: string[]) =>
    (await mustRun('docker', [...args, ...ofProject], { env })).split('\n').filter((line) => line !== '')
  return {
    program,
    async time(args, more = {}) {
      const begin = performance.now()
      const result = await runCommand(name, [...first, ...args], {
        cwd: folder,
        env: { ...env, ...more },
        timeoutMs: 300_000,
      })
      const elapsed = performance.now() - begin
      if (result.code !== 0) throw failure(program, args, result)
      return elapsed
    },
    up(gate) {
      if (program === 'windflow') return gate ? ['up'] : ['up', '--no-gate']
      return gate ? ['up', '-d', '--wait'] : ['up', '-d']
    },
    running: async () => (await list('ps', '-q')).length,
    async wipe() {
      const containers = await list('ps', '-aq')
      if (containers.length > 0) await mustRun('docker', ['rm', '-f', ...containers], { env })
      const networks = await list('network', 'ls', '-q')
      if (networks.length > 0) await mustRun('docker', ['network', 'rm', ...networks], { env })
      const volumes = await list('volume', 'ls', '-q')
      if (volumes.length > 0) await mustRun('docker', ['volume', 'rm', ...volumes], { env })
    },
  }
}

function failure(program: Program, args: readonly string[], result: CommandResult): Error {
  const output = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-20).join('\n')
  return new Error(`${program} ${args.join(' ')} exited with ${result.code}:\n${output}`)
}
