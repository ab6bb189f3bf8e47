import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { betweenMarkers } from './markers.ts'
import { startEngine } from './testing/engine.ts'

/** Runs the commands the README shows, on an engine of their own, and puts what they print into it. */

const root = resolve(import.meta.dirname, '..')
const stack = 'examples/hello/compose.yaml'

interface Shown {
  /** As the README prints it. */
  readonly typed: string
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly exitCode: number
}

const windflow = (args: string, exitCode: number, env: Readonly<Record<string, string>> = {}): Shown => ({
  typed: `${Object.entries(env).map(([name, value]) => `${name}=${value} `)}windflow compose ${args}`,
  program: join(root, 'bin', 'windflow'),
  args: ['compose', '-f', stack, ...args.split(' ')],
  env,
  exitCode,
})

const FIRST: Shown = {
  typed: 'scripts/install.sh --demo',
  program: join(root, 'scripts', 'install.sh'),
  args: ['--demo'],
  exitCode: 0,
}

/** What each means is said above it in the README. */
const USAGE: readonly (Shown & { readonly about: string })[] = [
  {
    about: 'What would change, and why? (Exit code 0: nothing, 2: something.)',
    ...windflow('plan', 2, { HELLO_GREETING: 'Bonjour' }),
  },
  { about: 'Change it, and wait until it is healthy:', ...windflow('up', 0, { HELLO_GREETING: 'Bonjour' }) },
  { about: 'A release that does not come up is taken back:', ...windflow('up', 1, { HELLO_PAUSE_SECONDS: 'never' }) },
  {
    about: 'And back to an earlier release, exactly as it was, whatever `.env` says now:',
    ...windflow('rollback 1', 0),
  },
]

async function screen(shown: Shown, env: Readonly<Record<string, string>>): Promise<string> {
  const { code, text } = await onOneScreen(shown, env)
  const printed = text.replaceAll(root, '~/windflow').trim()
  if (code !== shown.exitCode) throw new Error(`${shown.typed}: exit code ${code}\n${printed}`)
  return ['```console', `$ ${shown.typed}`, printed, '```'].join('\n')
}

/** Output and messages in the order in which they were written: both go to one file, as they would to a terminal. */
async function onOneScreen(
  shown: Shown,
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; text: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'windflow-screen-'))
  const file = join(folder, 'screen')
  const screenFile = openSync(file, 'a')
  try {
    const child = spawn(shown.program, [...shown.args], {
      cwd: root,
      env: { ...process.env, ...env, ...shown.env },
      stdio: ['ignore', screenFile, screenFile],
    })
    const [code] = await once(child, 'close')
    return { code, text: readFileSync(file, 'utf8') }
  } finally {
    closeSync(screenFile)
    rmSync(folder, { recursive: true })
  }
}

async function main(): Promise<void> {
  const engine = await startEngine({ images: [] })
  const env = { DOCKER_HOST: engine.dockerHost }
  try {
    const first = await screen(FIRST, env)
    const usage: string[] = []
    for (const shown of USAGE) usage.push(`${shown.about}\n\n${await screen(shown, env)}`)
    const file = join(root, 'README.md')
    const readme = betweenMarkers(readFileSync(file, 'utf8'), 'screen', first)
    writeFileSync(file, betweenMarkers(readme, 'usage', usage.join('\n\n')))
  } finally {
    await engine.stop()
  }
}

if (import.meta.main) await main()
