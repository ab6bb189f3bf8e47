import type { Project } from '@windflow/compose'
import type { Driver } from '@windflow/engine'
import { dependencyOrder } from '@windflow/engine'
import type { InvocationOf } from '../command-line/commands.ts'
import type { CommandContext } from '../context.ts'
import { chooseStyle } from '../show/style.ts'
import type { Interruption } from './interrupt.ts'
import { logPrinter } from './log-lines.ts'

/** What `up --attach` does when the release runs: follows its logs until Ctrl-C, which ends the following only. */
export async function followLogs(
  { options, operands, global }: InvocationOf<'up'>,
  { streams, env }: CommandContext,
  running: { readonly driver: Driver; readonly model: Project; readonly interruption: Interruption },
): Promise<number> {
  const { driver, model, interruption } = running
  const ansi = options['no-color'] || global['no-ansi'] ? 'never' : global.ansi
  const print = logPrinter({
    project: model.name,
    streams,
    style: chooseStyle({ ansi, terminal: streams.outIsTerminal, env }),
    prefix: !options['no-log-prefix'],
    timestamps: options.timestamps ?? false,
    json: options.format === 'json',
  })
  const services = followed(model, operands, options)
  try {
    for await (const line of driver.logs(
      model.name,
      { services, follow: true, ...(options.timestamps && { timestamps: true }) },
      interruption.signal,
    ))
      print(line)
  } catch (error) {
    if (!interruption.signal.aborted) throw error
  }
  return 0
}

function followed(model: Project, operands: readonly string[], options: InvocationOf<'up'>['options']): string[] {
  const { attach } = options
  const asked = Array.isArray(attach) ? attach : operands.length > 0 ? operands : Object.keys(model.services)
  const wanted = new Set(asked)
  if (options['attach-dependencies']) {
    for (const name of dependencyOrder(model).toReversed()) {
      if (wanted.has(name)) for (const needed of Object.keys(model.services[name]?.depends_on ?? {})) wanted.add(needed)
    }
  }
  const left = new Set(options['no-attach'] ?? [])
  return [...wanted].filter((name) => !left.has(name))
}
