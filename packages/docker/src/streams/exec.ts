import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError, type ExecOptions, type ExecSession } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import type { ExecInspect } from '../api/types.ts'
import { listMembers } from './members.ts'
import { processStreams } from './session.ts'

const EXIT_POLL_MS = 20

/** Runs a command in a container of a service: instance 1 unless told, the lowest that runs when there is no such.
 * @throws EngineError `container-not-running`, class user */
export async function execInService(
  engine: EngineClient,
  project: string,
  service: string,
  options: ExecOptions,
  signal: AbortSignal,
): Promise<ExecSession> {
  const running = (await listMembers(engine, project, [service], signal)).filter(({ state }) => state === 'running')
  const { instance } = options
  const chosen = instance === undefined ? running[0] : running.find((member) => member.instance === instance)
  if (chosen === undefined) {
    const which = instance === undefined ? `service "${service}"` : `instance ${instance} of service "${service}"`
    throw new EngineError('container-not-running', `${which} of project "${project}" has no running container`, {
      class: 'user',
      hint: 'start it first',
    })
  }
  return execInContainer(engine, chosen.id, options, signal)
}

/**
 * Runs a command in a running container. Aborting ends the connection; the engine offers no way to end the process
 * itself, so a command that ignores the loss of its terminal or input runs on.
 * With `detach` the streams are empty and `exit` resolves with 0 as soon as the command was started.
 */
export async function execInContainer(
  engine: EngineClient,
  container: string,
  options: Omit<ExecOptions, 'instance'>,
  signal: AbortSignal,
): Promise<ExecSession> {
  const tty = options.tty === true
  const attach = options.detach !== true
  const { Id: id } = await engine.json<{ readonly Id: string }>(
    'POST',
    `/containers/${encodeURIComponent(container)}/exec`,
    {
      json: {
        AttachStdin: attach && options.interactive === true,
        AttachStdout: attach,
        AttachStderr: attach,
        Tty: tty,
        Cmd: options.command,
        Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
        User: options.user ?? '',
        WorkingDir: options.workdir ?? '',
        Privileged: options.privileged === true,
      },
      signal,
    },
  )
  const resize = (columns: number, rows: number) =>
    engine.send('POST', `/exec/${id}/resize`, { query: { w: columns, h: rows }, signal })
  if (!attach) {
    await engine.send('POST', `/exec/${id}/start`, { json: { Detach: true, Tty: tty }, signal })
    return { ...nothing(), resize, exit: Promise.resolve(0) }
  }
  const socket = await engine.hijack(`/exec/${id}/start`, { json: { Detach: false, Tty: tty }, signal })
  const { stdin, stdout, stderr, ended } = processStreams(socket, tty, signal)
  if (options.interactive !== true) socket.end()
  const exit = ended.then(() => exitCode(engine, id, signal))
  exit.catch(() => {})
  return { stdin, stdout, stderr, resize, exit }
}

/** The output may end a moment before the engine has noted the exit. */
async function exitCode(engine: EngineClient, id: string, signal: AbortSignal): Promise<number> {
  while (true) {
    const inspect = await engine.json<ExecInspect>('GET', `/exec/${id}/json`, { signal })
    if (!inspect.Running) return inspect.ExitCode ?? 0
    await sleep(EXIT_POLL_MS, undefined, { signal })
  }
}

function nothing(): Pick<ExecSession, 'stdin' | 'stdout' | 'stderr'> {
  const empty = () => new ReadableStream<Uint8Array>({ start: (controller) => controller.close() })
  return { stdin: new WritableStream(), stdout: empty(), stderr: empty() }
}
