import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestServer } from './server.ts'

export interface TestWorker extends AsyncDisposable {
  readonly pid: number
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<void>
  kill(signal: NodeJS.Signals): void
}

/** Seconds a dead worker's operations wait for another one. Long enough for a busy machine to renew in time. */
export const LEASE_SECONDS = 4

/** Starts a worker of the same installation as a process of its own; resolves when it takes operations. */
export async function startWorker(test: TestServer, env: Readonly<Record<string, string>> = {}): Promise<TestWorker> {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'worker-process.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DOCKER_HOST: process.env.DOCKER_HOST,
      TEST_LOG: process.env.TEST_LOG,
      WINDFLOW_DATA: test.config.data,
      WINDFLOW_ROLE: 'worker',
      WINDFLOW_LEASE_SECONDS: String(LEASE_SECONDS),
      WINDFLOW_DATABASE_CONNECTIONS: '4',
      DATABASE_URL: test.database.url,
      ...env,
    },
  })
  const ended = once(child, 'exit').then(() => undefined)
  await Promise.race([
    once(child.stdout ?? child, 'data'),
    ended.then(() => {
      throw new Error('the worker ended before it was ready')
    }),
  ])
  return {
    pid: child.pid ?? 0,
    ended,
    kill: (signal) => child.kill(signal),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGCONT')
      child.kill('SIGKILL')
      await ended
    },
  }
}
