import { type ContainerSummary, connect, listContainers, resolveTarget } from '@windflow/docker'
import type { InvocationOf, OptionsOf } from '../command-line/commands.ts'
import { UsageError } from '../command-line/usage-error.ts'
import type { CommandContext } from '../context.ts'
import { nameProject } from '../project/name.ts'
import { table } from '../show/table.ts'
import { onInterrupt } from './interrupt.ts'
import { psRow } from './ps-rows.ts'

const STATES = ['paused', 'restarting', 'removing', 'running', 'dead', 'created', 'exited']
const LABEL = 'com.docker.compose'

/** `windflow compose ps`. */
export async function ps(invocation: InvocationOf<'ps'>, context: CommandContext): Promise<number> {
  const { options, global, operands } = invocation
  const { streams, env } = context
  const states = wantedStates(options)
  const project = nameProject(global, context)
  const interruption = onInterrupt(streams, {})
  const engine = await connect(await resolveTarget(env))
  let containers: readonly ContainerSummary[]
  try {
    const filters = { label: [`${LABEL}.project=${project.name}`] }
    containers = await listContainers(engine, { all: true, filters }, interruption.signal)
  } finally {
    interruption.dispose()
    await engine.close()
  }
  const shown = containers
    .filter((container) =>
      isShown(container, {
        options,
        states,
        services: operands,
        known: project.loaded && Object.keys(project.loaded.model.services),
      }),
    )
    .map((container) => psRow(container, { truncate: !options['no-trunc'], now: Date.now() }))
    .sort((a, b) => (a.Name < b.Name ? -1 : 1))
  if (options.quiet) streams.out(shown.map(({ Name }) => `${idOf(containers, Name)}\n`).join(''))
  else if (options.services)
    streams.out([...new Set(shown.map((row) => row.Service))].map((name) => `${name}\n`).join(''))
  else if (options.format === 'json') streams.out(`${JSON.stringify(shown)}\n`)
  else {
    const columns = ['NAME', 'IMAGE', 'COMMAND', 'SERVICE', 'CREATED', 'STATUS', 'PORTS']
    const rows = shown.map((row) => [
      row.Name,
      row.Image,
      row.Command,
      row.Service,
      row.RunningFor,
      row.Status,
      row.Ports,
    ])
    streams.out(table(columns, rows))
  }
  return 0
}

interface Selection {
  readonly options: OptionsOf<'ps'>
  readonly states: ReadonlySet<string> | undefined
  readonly services: readonly string[]
  /** Services of the files, where there are files. */
  readonly known: readonly string[] | undefined
}

function isShown({ State, Labels }: ContainerSummary, { options, states, services, known }: Selection): boolean {
  const service = Labels?.[`${LABEL}.service`] ?? ''
  if (Labels?.[`${LABEL}.oneoff`] === 'True' && !options.all) return false
  if (services.length > 0 && !services.includes(service)) return false
  if (options['no-orphans'] && known && !known.includes(service)) return false
  if (states) return states.has(State)
  return options.all === true || State === 'running' || State === 'restarting' || State === 'paused'
}

function wantedStates(options: OptionsOf<'ps'>): ReadonlySet<string> | undefined {
  const states = [...(options.status ?? [])]
  for (const filter of options.filter ?? []) {
    const [name, value = ''] = filter.split('=', 2)
    if (name !== 'status')
      throw new UsageError('cli/usage', `unknown filter "${filter}"`, 'the filter there is: status=STATE')
    states.push(value)
  }
  const unknown = states.find((state) => !STATES.includes(state))
  if (unknown !== undefined)
    throw new UsageError('cli/usage', `unknown state "${unknown}"`, `use one of ${STATES.join(', ')}`)
  return states.length > 0 ? new Set(states) : undefined
}

function idOf(containers: readonly ContainerSummary[], name: string): string {
  return containers.find((container) => container.Names.includes(`/${name}`))?.Id ?? ''
}
