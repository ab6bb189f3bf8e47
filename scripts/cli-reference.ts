import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { COMMANDS, REFUSED_COMMANDS } from '../cli/src/command-line/commands.ts'
import { type Flag, isRefused } from '../cli/src/command-line/flag.ts'
import { GLOBAL_FLAGS } from '../cli/src/command-line/global-flags.ts'
import { betweenMarkers } from './markers.ts'

/** The document whose reference part is made from the command line's own tables. */
export const DOCUMENT = resolve(import.meta.dirname, '..', 'doc', 'COMPOSE-CLI.md')

/** Every command with its flags, and what is refused, as Markdown. */
export function cliReference(): string {
  const commands = Object.entries(COMMANDS).flatMap(([name, command]) => [
    `### \`windflow compose ${[name, command.operands].filter((word) => word !== '').join(' ')}\``,
    '',
    `${command.summary}.`,
    '',
    ...flagTable(command.flags),
  ])
  return [
    '### Before the command',
    '',
    ...flagTable(GLOBAL_FLAGS),
    ...commands,
    '### Commands of `docker compose` that are not here',
    '',
    '| command | instead |',
    '| --- | --- |',
    ...Object.entries(REFUSED_COMMANDS).map(([name, instead]) => `| \`${name}\` | ${cell(instead)} |`),
    '',
  ].join('\n')
}

function flagTable(flags: readonly Flag[]): string[] {
  const rows = flags.map((flag) => {
    const names = [flag.short ? `-${flag.short}` : '', `--${flag.name}`].filter((name) => name !== '').join(', ')
    if (isRefused(flag)) return { names, text: `refused: ${flag.refused}`, last: true }
    if (flag.hidden) return { names, text: flag.help, last: true }
    const value = flag.kind === 'switch' ? '' : flag.kind === 'maybe' ? ` [${flag.value}]` : ` ${flag.value}`
    return { names: `${names}${value}`, text: flag.help, last: false }
  })
  if (rows.length === 0) return []
  const sorted = [...rows.filter((row) => !row.last), ...rows.filter((row) => row.last)]
  return ['| flag | |', '| --- | --- |', ...sorted.map(({ names, text }) => `| \`${names}\` | ${cell(text)} |`), '']
}

/** A vertical bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** Writes the reference into the document. */
function main(): void {
  writeFileSync(DOCUMENT, betweenMarkers(readFileSync(DOCUMENT, 'utf8'), 'reference', cliReference()))
}

if (import.meta.main) main()
