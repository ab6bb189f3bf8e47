import type { InvocationOf } from '../command-line/commands.ts'
import { UsageError } from '../command-line/usage-error.ts'
import type { CommandContext } from '../context.ts'
import { rejectUnknown } from '../project/load.ts'
import { nameProject } from '../project/name.ts'
import { chooseStyle } from '../show/style.ts'
import { onInterrupt } from './interrupt.ts'
import { logPrinter } from './log-lines.ts'
import { openTarget } from './target.ts'

/** `windflow compose logs`. */
export async function logs(invocation: InvocationOf<'logs'>, context: CommandContext): Promise<number> {
  const { options, global, operands } = invocation
  const { streams, env } = context
  const { name, loaded } = nameProject(global, context)
  if (loaded) rejectUnknown(operands, { ...loaded.model, services: { ...loaded.model.services, ...loaded.disabled } })
  const tail = tailLines(options.tail)
  const ansi = options['no-color'] || global['no-ansi'] ? 'never' : global.ansi
  const print = logPrinter({
    project: name,
    streams,
    style: chooseStyle({ ansi, terminal: streams.outIsTerminal, env }),
    prefix: !options['no-log-prefix'],
    timestamps: options.timestamps ?? false,
    json: options.format === 'json',
  })
  const interruption = onInterrupt(streams, {})
  const driver = await openTarget(context)
  try {
    const wanted = {
      ...(operands.length > 0 && { services: operands }),
      ...(options.follow && { follow: true }),
      ...(options.timestamps && { timestamps: true }),
      ...(tail !== undefined && { tail }),
      ...(options.since !== undefined && { since: options.since }),
      ...(options.until !== undefined && { until: options.until }),
    }
    for await (const line of driver.logs(name, wanted, interruption.signal)) {
      if (options.index === undefined || line.instance === options.index) print(line)
    }
    return 0
  } finally {
    interruption.dispose()
    await driver.close()
  }
}

function tailLines(tail: string | undefined): number | undefined {
  if (tail === undefined || tail === 'all') return undefined
  if (!/^\d{1,9}$/.test(tail))
    throw new UsageError('cli/usage', `--tail ${tail} is no number of lines`, 'give a number, or all')
  return Number(tail)
}
