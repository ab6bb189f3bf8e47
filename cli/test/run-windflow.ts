import { spawn } from 'node:child_process'
import { join } from 'node:path'

export const LAUNCHER = join(import.meta.dirname, '../../bin/windflow')

export interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly cwd: string
  /** Beside PATH, HOME and DOCKER_HOST. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly launcher?: string
  /** Told all that standard error said so far, each time it said more; may send signals. */
  readonly onErr?: (said: string, send: (signal: NodeJS.Signals) => void) => void
  readonly input?: string
  readonly timeoutMs?: number
}

/** Runs the program as a person would, with nothing of this process's environment but what it needs. */
export function windflow(words: readonly string[], options: RunOptions): Promise<Outcome> {
  const { PATH, HOME, DOCKER_HOST } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(options.launcher ?? LAUNCHER, words, {
      cwd: options.cwd,
      env: { PATH, HOME, DOCKER_HOST, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const said = { out: '', err: '' }
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000)
    child.stdout.on('data', (data) => {
      said.out += data
    })
    child.stderr.on('data', (data) => {
      said.err += data
      options.onErr?.(said.err, (signal) => child.kill(signal))
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, ...said })
    })
    // A program that ends before it reads its input is no failure of the test.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input ?? '')
  })
}
