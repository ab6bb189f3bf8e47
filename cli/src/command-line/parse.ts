import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { COMMANDS, type CommandEntry, type CommandName, type Invocation, REFUSED_COMMANDS } from './commands.ts'
import { type Flag, isRefused, type SupportedFlag } from './flag.ts'
import { GLOBAL_FLAGS } from './global-flags.ts'
import { plainSwitches } from './plain-switches.ts'
import { UsageError } from './usage-error.ts'

export type Parsed =
  | { readonly kind: 'run'; readonly invocation: Invocation }
  /** Help or version: text for standard output, exit code 0. */
  | { readonly kind: 'text'; readonly text: string }

/**
 * Reads a command line (without the program's own name). Pure.
 * @throws UsageError for anything that is not there, naming what docker compose has and WindFlow has not
 */
export function parseCommandLine(argv: readonly string[], version: string): Parsed {
  let invocation: Invocation | undefined
  let text = ''
  let complaint = ''
  const output = {
    writeOut: (part: string) => {
      text += part
    },
    writeErr: (part: string) => {
      complaint += part
    },
    getOutHasColors: () => false,
    getErrHasColors: () => false,
    getOutHelpWidth: () => 100,
    getErrHelpWidth: () => 100,
  }
  const program = new Command('windflow')
  program
    .exitOverride()
    .configureOutput(output)
    .helpCommand(false)
    .description('Deploys Compose stacks: plan first, wait for health, put the previous release back on failure')
    .version(version, '-v, --version', 'Print the version')
    .enablePositionalOptions()
  const compose = program
    .command('compose')
    .description('Work with the Compose files of a folder')
    .usage('[options] COMMAND')
    .helpCommand(false)
    .enablePositionalOptions()
    .version(version, '-v, --version', 'Print the version')
  addFlags(compose, GLOBAL_FLAGS, 'compose')
  // Making a command takes a while: those that no word names are only made for the help and for suggestions.
  const isNamed = (name: string) => argv.includes(name)
  const named = Object.keys(COMMANDS).some(isNamed) && !argv.includes('--help') && !argv.includes('-h')
  for (const [name, entry] of Object.entries<CommandEntry>(COMMANDS)) {
    if (named && !isNamed(name)) continue
    const command = compose.command(entry.operands === '' ? name : `${name} ${entry.operands}`)
    command.description(entry.summary).allowExcessArguments(false)
    if (entry.passThrough) command.passThroughOptions()
    if (isNamed(name)) addFlags(command, withDryRun(entry.flags), `compose ${name}`)
    command.action(() => {
      // The parsed edge: commander filled these from the same table that `Invocation` is typed by.
      invocation = {
        command: name,
        global: compose.opts(),
        options: command.opts(),
        operands: command.args,
      } as Invocation
    })
  }
  for (const [name, instead] of Object.entries(REFUSED_COMMANDS)) {
    if (!isNamed(name)) continue
    const refused = compose
      .command(name, { hidden: true })
      .allowUnknownOption()
      .allowExcessArguments()
      .helpOption(false)
    refused.action(() => {
      throw new UsageError('cli/refused-command', `\`${name}\` is not part of windflow compose`, instead)
    })
  }
  try {
    program.parse(
      plainSwitches(argv, (name) => knownFlags(name)),
      { from: 'user' },
    )
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: 'text', text }
    // Without a command commander shows the help as an error.
    if (error.code === 'commander.help') return { kind: 'text', text: complaint }
    throw new UsageError('cli/usage', error.message.replace(/^error: /, ''), helpHint(argv))
  }
  if (invocation) return { kind: 'run', invocation }
  return { kind: 'text', text }
}

function helpHint(argv: readonly string[]): string {
  const command = argv[0] === 'compose' ? argv.find((word) => Object.hasOwn(COMMANDS, word)) : undefined
  return `see \`windflow ${[argv[0] === 'compose' ? 'compose' : '', command ?? ''].filter(Boolean).join(' ')} --help\``.replace(
    '  ',
    ' ',
  )
}

/** docker compose takes `--dry-run` before and after the command. */
function withDryRun(flags: readonly Flag[]): readonly Flag[] {
  return [...flags, ...GLOBAL_FLAGS.filter((flag) => flag.name === 'dry-run')]
}

function knownFlags(command: string | undefined): readonly Flag[] {
  if (command === undefined) return GLOBAL_FLAGS
  return Object.hasOwn(COMMANDS, command) ? withDryRun(COMMANDS[command as CommandName].flags) : []
}

function addFlags(command: Command, flags: readonly Flag[], where: string): void {
  for (const flag of flags) {
    command.addOption(new FlagOption(flag))
    if (!isRefused(flag)) continue
    command.on(`option:${flag.name}`, () => {
      throw new UsageError('cli/refused-flag', `--${flag.name} is not part of windflow ${where}`, flag.refused)
    })
  }
}

/** A flag keeps the name it has in the table: commander would turn `--no-x` into `x = false`. */
class FlagOption extends Option {
  constructor(flag: Flag) {
    super(pattern(flag), isRefused(flag) ? '' : flag.help)
    this.negate = false
    if (isRefused(flag) || flag.hidden) this.hideHelp()
    if (isRefused(flag)) return
    if (flag.choices) this.argParser((value) => oneOf(flag, value))
    else if (flag.kind === 'texts' || flag.kind === 'maybe') this.argParser(collect)
    else if (flag.kind === 'whole') this.argParser(whole)
  }

  override attributeName(): string {
    return this.name()
  }
}

function pattern(flag: Flag): string {
  const names = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`
  if (isRefused(flag)) return flag.takesValue ? `${names} <value>` : names
  if (flag.kind === 'switch') return names
  return flag.kind === 'maybe' ? `${names} [${flag.value}]` : `${names} <${flag.value}>`
}

function oneOf(flag: SupportedFlag, value: string): string {
  if (flag.choices?.includes(value)) return value
  throw new InvalidArgumentError(`Use one of ${flag.choices?.join(', ')}.`)
}

function collect(value: string, before: unknown): readonly string[] {
  return Array.isArray(before) ? [...before, value] : [value]
}

function whole(value: string): number {
  if (!/^-?\d{1,9}$/.test(value)) throw new InvalidArgumentError('It is a whole number.')
  return Number(value)
}
