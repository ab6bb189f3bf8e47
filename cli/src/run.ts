import manifest from '../../package.json' with { type: 'json' }
import type { Invocation } from './command-line/commands.ts'
import { parseCommandLine } from './command-line/parse.ts'
import type { CommandContext } from './context.ts'
import { OutputClosed, type Streams } from './streams.ts'

/** Exit code of a program that was ended by SIGPIPE. */
const OUTPUT_CLOSED = 141

/**
 * Runs one command line to its end. Resolves with the exit code, never rejects: whatever happens is shown in words.
 */
export async function run(argv: readonly string[], streams: Streams): Promise<number> {
  let invocation: Invocation | undefined
  const fail = async (error: unknown): Promise<number> => {
    if (error instanceof OutputClosed) return OUTPUT_CLOSED
    const { showFailure } = await import('./failure.ts')
    return showFailure(error, { streams, argv, version: manifest.version, ...(invocation && { invocation }) })
  }
  // A rejection nobody waited for is a bug of ours: it ends as every failure does, in words.
  process.on('uncaughtException', (error) => void fail(error).then((code) => process.exit(code)))
  try {
    const parsed = parseCommandLine(argv, manifest.version)
    if (parsed.kind === 'text') {
      streams.out(parsed.text)
      return 0
    }
    invocation = parsed.invocation
    const context: CommandContext = {
      streams,
      env: process.env,
      cwd: process.cwd(),
      version: manifest.version,
    }
    return await dispatch(invocation, context)
  } catch (error) {
    return await fail(error)
  }
}

/** Each command is loaded when it is asked for. */
async function dispatch(invocation: Invocation, context: CommandContext): Promise<number> {
  switch (invocation.command) {
    case 'config':
      return (await import('./compose/config.ts')).config(invocation, context)
    default:
      throw new Error(`not yet: ${invocation.command}`)
  }
}
