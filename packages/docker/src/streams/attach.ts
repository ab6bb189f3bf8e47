import type { ExecSession } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import { inspectContainer, waitContainer } from '../api/containers.ts'
import { processStreams } from './session.ts'

export interface AttachOptions {
  /** Send input to the main process; it must have been created with an open stdin. */
  readonly interactive?: boolean
  /** What it wrote so far first. */
  readonly logs?: boolean
}

/** Connects to a container's main process. May be asked for before the start, to miss nothing of the output.
 * `exit` resolves with the exit code; closing the streams leaves the process running. */
export async function attachContainer(
  engine: EngineClient,
  container: string,
  options: AttachOptions,
  signal: AbortSignal,
): Promise<ExecSession> {
  const path = `/containers/${encodeURIComponent(container)}`
  const { Config, State } = await inspectContainer(engine, container, signal)
  const exit = waitContainer(engine, container, State.Running ? 'not-running' : 'next-exit', signal)
  exit.catch(() => {})
  const query = {
    stream: true,
    stdin: options.interactive === true,
    stdout: true,
    stderr: true,
    logs: options.logs === true,
  }
  const socket = await engine.hijack(`${path}/attach`, { query, signal })
  const { stdin, stdout, stderr } = processStreams(socket, Config.Tty, signal)
  const resize = (columns: number, rows: number) =>
    engine.send('POST', `${path}/resize`, { query: { w: columns, h: rows }, signal })
  return { stdin, stdout, stderr, resize, exit }
}
