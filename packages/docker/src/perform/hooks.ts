import type { Hook } from '@windflow/compose'
import { EngineError, type StepContext } from '@windflow/engine'
import { execInContainer } from '../streams/exec.ts'
import type { Workbench } from './environment.ts'
import { Tail } from './last-lines.ts'

/** As much of a failing hook's output as helps in its error. */
const TAIL_LINES = 10

/**
 * Runs the hooks of a service in its running container, one after the other, as `docker compose` does.
 * @throws EngineError `hook-failed` with the last lines the hook wrote
 */
export async function runHooks(
  bench: Workbench,
  container: string,
  service: string,
  kind: 'post_start' | 'pre_stop',
  hooks: readonly Hook[],
  context: StepContext,
): Promise<void> {
  for (const [index, hook] of hooks.entries()) {
    const variables = Object.entries(hook.environment ?? {}).flatMap(([name, value]) =>
      value === null ? [] : [[name, value] as const],
    )
    const session = await execInContainer(
      bench.engine,
      container,
      {
        command: hook.command ?? [],
        ...(hook.user !== undefined && { user: hook.user }),
        ...(hook.working_dir !== undefined && { workdir: hook.working_dir }),
        ...(hook.privileged !== undefined && { privileged: hook.privileged }),
        env: Object.fromEntries(variables),
      },
      context.signal,
    )
    const tail = new Tail(TAIL_LINES)
    const report = (line: string) => {
      tail.add(line)
      context.report({ line })
    }
    const [code] = await Promise.all([session.exit, eachLine(session.stdout, report), eachLine(session.stderr, report)])
    if (code === 0) continue
    throw new EngineError('hook-failed', `${kind}[${index}] of service ${service} exited with code ${code}`, {
      class: 'user',
      lines: tail.lines,
      hint: `run it by hand in the container to see why, or correct services.${service}.${kind}`,
    })
  }
}

async function eachLine(stream: ReadableStream<Uint8Array>, say: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/)
    rest = (lines.pop() ?? '').slice(-4096)
    for (const line of lines) say(line)
  }
  if (rest !== '') say(rest)
}
