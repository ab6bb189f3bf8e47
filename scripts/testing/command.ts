import { spawn } from 'node:child_process'

/** What a finished program left behind. */
export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Bytes given to the program's standard input. */
  readonly input?: string | Uint8Array
  /** Milliseconds until the program is killed; 120 s by default. */
  readonly timeoutMs?: number
}

/**
 * Runs a program to its end, without a shell, and returns its exit code and output whatever they are.
 * @throws Error when the program cannot be started.
 */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      timeout: options.timeoutMs ?? 120_000,
      killSignal: 'SIGKILL',
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, ...output }))
    // A program that does not read its input closes the pipe; its exit code tells the story.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input)
  })
}

/**
 * Runs a program that must succeed and returns its standard output.
 * @throws Error with the program's messages when it does not exit with 0.
 */
export async function mustRun(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(program, args, options)
  if (result.code !== 0) {
    throw new Error(`${program} ${args.join(' ')} exited with ${result.code}: ${result.stderr || result.stdout}`)
  }
  return result.stdout
}
