import type { ExecSession } from '@windflow/engine'
import type { InvocationOf } from '../command-line/commands.ts'
import { UsageError } from '../command-line/usage-error.ts'
import type { CommandContext } from '../context.ts'
import { nameProject } from '../project/name.ts'
import { onInterrupt } from './interrupt.ts'
import { openTarget } from './target.ts'
import { joinTerminal } from './terminal.ts'

/** `windflow compose exec`: ends with the exit code of the command it ran. */
export async function exec(invocation: InvocationOf<'exec'>, context: CommandContext): Promise<number> {
  const { options, global, operands } = invocation
  const { streams, env } = context
  const [service = '', ...command] = operands
  const project = nameProject(global, context)
  const tty =
    !options['no-tty'] && !options['no-TTY'] && !options.detach && streams.inIsTerminal && streams.outIsTerminal
  const variables = Object.fromEntries((options.env ?? []).map((assignment) => variable(assignment, env)))
  const interruption = onInterrupt(streams, { second: 'windflow: left; the command may still run in its container' })
  const driver = await openTarget(context)
  try {
    const session = await driver.exec(
      project.name,
      service,
      {
        command,
        tty,
        interactive: !options.detach,
        env: variables,
        ...(options.index !== undefined && { instance: options.index }),
        ...(options.user !== undefined && { user: options.user }),
        ...(options.workdir !== undefined && { workdir: options.workdir }),
        ...(options.privileged && { privileged: true }),
        ...(options.detach && { detach: true }),
      },
      interruption.signal,
    )
    if (options.detach) {
      if (options.format === 'json') streams.out(`${JSON.stringify({ service, detached: true })}\n`)
      return await session.exit
    }
    if (options.format === 'json') return await collect(session, service, context)
    return await joinTerminal(session, { tty })
  } finally {
    interruption.dispose()
    await driver.close()
  }
}

/** `NAME=VALUE`, or `NAME` for the value it has here. */
function variable(assignment: string, env: CommandContext['env']): readonly [string, string] {
  const equals = assignment.indexOf('=')
  if (equals > 0) return [assignment.slice(0, equals), assignment.slice(equals + 1)]
  if (equals === 0) throw new UsageError('cli/usage', `--env ${assignment} has no name`, 'write NAME=VALUE')
  return [assignment, env[assignment] ?? '']
}

/** All at once, for a program that wants to know how one short command ended. */
async function collect(session: ExecSession, service: string, { streams }: CommandContext): Promise<number> {
  await session.stdin.close()
  const [stdout, stderr] = await Promise.all([new Response(session.stdout).text(), new Response(session.stderr).text()])
  const exitCode = await session.exit
  streams.out(`${JSON.stringify({ service, exitCode, stdout, stderr })}\n`)
  return exitCode
}
