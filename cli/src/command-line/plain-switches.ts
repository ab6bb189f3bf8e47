import { type Flag, isRefused } from './flag.ts'

const SWITCH = /^--([A-Za-z-]+)=(true|True|TRUE|t|T|1|false|False|FALSE|f|F|0)$/
const TRUE = /^[tT1]/

/**
 * docker compose takes `--detach=false` and `--quiet=true`; the parser knows only `--detach`. Rewrites those words,
 * up to `--` or to the words of a command that `exec` runs. Pure.
 */
export function plainSwitches(
  argv: readonly string[],
  flagsOf: (command: string | undefined) => readonly Flag[],
): readonly string[] {
  if (!argv.some((word) => SWITCH.test(word))) return argv
  const words: string[] = []
  let command: string | undefined
  let flags = flagsOf(undefined)
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? ''
    const match = SWITCH.exec(word)
    if (word === '--' || (command === 'exec' && !word.startsWith('-'))) return [...words, ...argv.slice(index)]
    if (match) words.push(...plain(word, match[1] ?? '', TRUE.test(match[2] ?? ''), flags))
    else words.push(word)
    if (takesNextWord(word, flags)) words.push(...argv.slice(++index, index + 1))
    else if (command === undefined && !word.startsWith('-') && index > 0) {
      command = word
      flags = flagsOf(word)
    }
  }
  return words
}

function plain(word: string, name: string, value: boolean, flags: readonly Flag[]): string[] {
  const flag = flags.find((known) => known.name === name)
  if (!flag || takesValue(flag)) return [word]
  if (value) return [`--${name}`]
  return flags.some((known) => known.name === `no-${name}` && !isRefused(known)) ? [`--no-${name}`] : []
}

function takesNextWord(word: string, flags: readonly Flag[]): boolean {
  const flag = flags.find((known) => word === `--${known.name}` || word === `-${known.short}`)
  return flag !== undefined && takesValue(flag)
}

function takesValue(flag: Flag): boolean {
  return isRefused(flag) ? flag.takesValue : flag.kind !== 'switch' && flag.kind !== 'maybe'
}
