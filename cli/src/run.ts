import manifest from '../../package.json' with { type: 'json' }
import type { Invocation } from './command-line/commands.ts'
import { parseCommandLine } from './command-line/parse.ts'
import { UsageError } from './command-line/usage-error.ts'
import type { CommandContext } from './context.ts'
import { SERVER_COMMANDS } from './server/names.ts'
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
    const context: CommandContext = { streams, env: process.env, cwd: currentFolder(), version: manifest.version }
    if (argv[0] !== undefined && Object.hasOwn(SERVER_COMMANDS, argv[0])) {
      return await (await import('./server/main.ts')).runServerCommand(argv, context)
    }
    const parsed = parseCommandLine(argv, manifest.version)
    if (parsed.kind === 'text') {
      streams.out(parsed.text)
      return 0
    }
    invocation = parsed.invocation
    return await dispatch(invocation, context)
  } catch (error) {
    return await fail(error)
  }
}

function currentFolder(): string {
  try {
    return process.cwd()
  } catch {
    throw new UsageError('cli/no-folder', 'the folder this was started in is no longer there', 'change to one that is')
  }
}

/** Each command is loaded when it is asked for. */
async function dispatch(invocation: Invocation, context: CommandContext): Promise<number> {
  switch (invocation.command) {
    case 'config':
      return (await import('./compose/config.ts')).config(invocation, context)
    case 'plan':
      return (await import('./compose/plan.ts')).plan(invocation, context)
    case 'up':
      return (await import('./compose/up.ts')).up(invocation, context)
    case 'down':
      return (await import('./compose/down.ts')).down(invocation, context)
    case 'ps':
      return (await import('./compose/ps.ts')).ps(invocation, context)
    case 'logs':
      return (await import('./compose/logs.ts')).logs(invocation, context)
    case 'exec':
      return (await import('./compose/exec.ts')).exec(invocation, context)
    case 'start':
    case 'stop':
    case 'restart':
      return (await import('./compose/lifecycle.ts')).lifecycle(invocation, context)
    case 'pull':
      return (await import('./compose/images.ts')).pull(invocation, context)
    case 'build':
      return (await import('./compose/images.ts')).build(invocation, context)
    case 'rollback':
      return (await import('./compose/rollback.ts')).rollback(invocation, context)
    case 'releases':
      return (await import('./compose/releases.ts')).releases(invocation, context)
  }
}
