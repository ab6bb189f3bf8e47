import { Command, CommanderError } from 'commander'
import { UsageError } from '../command-line/usage-error.ts'
import type { CommandContext } from '../context.ts'
import { SERVER_COMMANDS } from './names.ts'

/** What a command does once it is known which; its module is loaded then. */
export type Action = () => Promise<number>

/**
 * Runs a command that starts a server or talks to one.
 * @param argv without the program's own name; the first word is one of SERVER_COMMANDS
 * @returns the exit code
 * @throws UsageError, EngineError
 */
export async function runServerCommand(argv: readonly string[], context: CommandContext): Promise<number> {
  let action: Action | undefined
  let text = ''
  const program = new Command('windflow')
  program
    .exitOverride()
    .helpCommand(false)
    .configureOutput({
      writeOut: (part) => {
        text += part
      },
      writeErr: () => undefined,
      getOutHelpWidth: () => 100,
    })
  const { defineCommands } = await import('./define.ts')
  defineCommands(program, context, (chosen) => {
    action = chosen
  })
  try {
    program.parse([...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) {
      context.streams.out(text)
      return 0
    }
    const name = argv[0] ?? ''
    const words =
      error.code === 'commander.help' ? `\`${name}\` needs a command` : error.message.replace(/^error: /, '')
    throw new UsageError(
      'cli/usage',
      words,
      `see \`windflow ${Object.hasOwn(SERVER_COMMANDS, name) ? `${name} ` : ''}--help\``,
    )
  }
  if (action === undefined) {
    context.streams.out(program.commands.find((command) => command.name() === argv[0])?.helpInformation() ?? '')
    return 0
  }
  return withJsonErrors(argv.includes('--json'), context, action)
}

/** With --json an error is an object on standard output, too, with everything the server said. */
async function withJsonErrors(json: boolean, context: CommandContext, action: Action): Promise<number> {
  try {
    return await action()
  } catch (error) {
    const { EngineError } = await import('@windflow/engine')
    if (!json || !(error instanceof EngineError) || error.class === 'bug') throw error
    const { Refused } = await import('./api.ts')
    const { code, message, hint } = error
    const shown = error instanceof Refused ? error.problem : { code, message, ...(hint === undefined ? {} : { hint }) }
    context.streams.out(`${JSON.stringify({ error: shown })}\n`)
    return 1
  }
}
