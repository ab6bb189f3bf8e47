import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server program under test, with its log file. */
export interface ServerProcess {
  readonly pid: number
  readonly logFile: string
  /** True until the process ended, for whatever reason. */
  alive(): boolean
  /** Sends SIGTERM, then SIGKILL after `graceMs`; returns once it is gone. Harmless when it already is. */
  stop(graceMs?: number): Promise<void>
  /** Sends SIGKILL to the process itself and waits for its end: what a crash looks like. */
  kill(): Promise<void>
}

/** What a server needs to start. */
export interface ServerCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly logFile: string
  readonly env?: Readonly<Record<string, string>>
  /** Resolves to true once the server answers. Tried every 50 ms. */
  readonly ready: () => Promise<boolean>
  /** Milliseconds until a start counts as failed; 60 s by default. */
  readonly timeoutMs?: number
}

/**
 * Starts a server and waits until it answers.
 * @throws Error with the last lines of the server's log when it ends early or never answers.
 */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const log = openSync(command.logFile, 'a')
  const child = spawn(command.program, [...command.args], {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...command.env },
  })
  closeSync(log)
  let problem: string | undefined
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      problem ??= `ended with ${signal ?? `code ${code}`}`
      resolve()
    })
    child.once('error', (error) => {
      problem ??= error.message
      resolve()
    })
  })
  const server = controls(child, command.logFile, ended)
  const deadline = Date.now() + (command.timeoutMs ?? 60_000)
  while (problem === undefined && Date.now() < deadline) {
    if (await command.ready().catch(() => false)) return server
    await Promise.race([sleep(50), ended])
  }
  await server.stop()
  throw new Error(
    `${command.program} did not start (${problem ?? 'no answer in time'}):\n${lastLines(command.logFile)}`,
  )
}

function controls(child: ChildProcess, logFile: string, ended: Promise<void>): ServerProcess {
  const alive = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null
  return {
    pid: child.pid ?? -1,
    logFile,
    alive,
    async stop(graceMs = 20_000) {
      if (!alive()) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await ended
      clearTimeout(timer)
    },
    async kill() {
      if (!alive()) return
      child.kill('SIGKILL')
      await ended
    },
  }
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n')
  } catch {
    return '(no log)'
  }
}

/** A TCP port of the loopback address that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('the loopback address gave no port')
  return address.port
}
