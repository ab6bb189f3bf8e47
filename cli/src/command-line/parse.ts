import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { SERVER_COMMANDS } from '../server/names.ts'
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
  const words = plainSwitches(argv, (name) => knownFlags(name))
  // Making commands and options takes longer than parsing: at first only what some word can mean is made. What that
  // cannot read is read again with everything there is, for the help and for messages that suggest.
  const quick = readWords(words, version, { isNamed: (name) => words.includes(name), isMentioned: mentionedIn(words) })
  if (quick?.kind === 'run') return quick
  return readWords(words, version, EVERYTHING) ?? { kind: 'text', text: '' }
}

interface Needed {
  isNamed(command: string): boolean
  isMentioned(flag: Flag): boolean
}

const EVERYTHING: Needed = { isNamed: () => true, isMentioned: () => true }

function readWords(words: readonly string[], version: string, needed: Needed): Parsed | undefined {
  let invocation: Invocation | undefined
  const said = { text: '', complaint: '' }
  const { program, compose } = programs(version, said)
  addFlags(compose, GLOBAL_FLAGS.filter(needed.isMentioned), 'compose')
  for (const [name, entry] of Object.entries<CommandEntry>(COMMANDS)) {
    if (!needed.isNamed(name)) continue
    const command = compose.command(entry.operands === '' ? name : `${name} ${entry.operands}`)
    command.description(entry.summary).allowExcessArguments(false)
    if (entry.passThrough) command.passThroughOptions()
    addFlags(command, withDryRun(entry.flags).filter(needed.isMentioned), `compose ${name}`)
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
  for (const name of Object.keys(REFUSED_COMMANDS)) if (needed.isNamed(name)) addRefusedCommand(compose, name)
  if (needed === EVERYTHING) {
    // Read elsewhere; here for the help.
    for (const [name, summary] of Object.entries(SERVER_COMMANDS)) program.command(name).description(summary)
  }
  try {
    program.parse(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (needed !== EVERYTHING) return undefined
    if (error.exitCode === 0) return { kind: 'text', text: said.text }
    // Without a command commander shows the help as an error.
    if (error.code === 'commander.help') return { kind: 'text', text: said.complaint }
    throw new UsageError('cli/usage', error.message.replace(/^error: /, ''), helpHint(words))
  }
  return invocation && { kind: 'run', invocation }
}

function programs(version: string, said: { text: string; complaint: string }) {
  const program = new Command('windflow')
  program
    .exitOverride()
    .configureOutput({
      writeOut(part) {
        said.text += part
      },
      writeErr(part) {
        said.complaint += part
      },
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
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
  return { program, compose }
}

function addRefusedCommand(compose: Command, name: string): void {
  const refused = compose.command(name, { hidden: true })
  refused.allowUnknownOption().allowExcessArguments().helpOption(false)
  refused.action(() => {
    throw new UsageError('cli/refused-command', `\`${name}\` is not part of windflow compose`, REFUSED_COMMANDS[name])
  })
}

/** Whether a word can mean a flag: `--name`, `--name=…`, or a group of short ones with its letter. */
function mentionedIn(words: readonly string[]): (flag: Flag) => boolean {
  const long = words.filter((word) => word.startsWith('--'))
  const short = words.filter((word) => /^-[^-]/.test(word))
  return ({ name, short: letter }) =>
    long.some((word) => word.startsWith(`--${name}`)) ||
    (letter !== undefined && short.some((word) => word.includes(letter)))
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
