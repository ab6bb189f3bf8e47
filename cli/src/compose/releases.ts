import type { InvocationOf } from '../command-line/commands.ts'
import type { CommandContext } from '../context.ts'
import { nameReleasedProject } from '../project/name.ts'
import type { Release } from '../releases/release.ts'
import { ReleaseStore } from '../releases/store.ts'
import { table } from '../show/table.ts'
import { humanDuration } from './ps-rows.ts'

/** `windflow compose releases`: what this folder keeps, newest first. */
export async function releases(invocation: InvocationOf<'releases'>, context: CommandContext): Promise<number> {
  const { options, global } = invocation
  const { streams, env } = context
  const { name, folder } = nameReleasedProject(global, context)
  const store = new ReleaseStore({ folder, project: name, env })
  const { releases: oldestFirst, damaged } = store.list()
  const list = oldestFirst.toReversed()
  const current = store.current()?.release
  if (options.format === 'json') {
    const shown = list.map((release) => ({ ...release, current: release.number === current }))
    streams.out(`${JSON.stringify(shown)}\n`)
  } else if (options.quiet) streams.out(list.map((release) => `${release.number}\n`).join(''))
  else if (list.length === 0)
    streams.err(`project "${name}" has no release in ${folder}; \`windflow compose up\` makes them\n`)
  else streams.out(releaseTable(list, current, Date.now()))
  for (const number of damaged) streams.err(`warning: the record of release ${number} cannot be read\n`)
  return 0
}

function releaseTable(list: readonly Release[], current: number | undefined, now: number): string {
  const rows = list.map((release) => [
    `${release.number}${release.number === current ? ' *' : ''}`,
    release.status.replace('_', ' '),
    `${humanDuration((now - Date.parse(release.createdAt)) / 1000)} ago`,
    release.author,
    [release.reason, release.failure?.split('\n', 1)[0]].filter((text) => text !== undefined).join(': '),
    (release.services ?? Object.keys(release.images)).join(', '),
  ])
  return table(['RELEASE', 'STATUS', 'CREATED', 'AUTHOR', 'REASON', 'SERVICES'], rows)
}
