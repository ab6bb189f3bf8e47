import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from '../../scripts/testing/server-process.ts'

export interface TestRedis extends AsyncDisposable {
  readonly url: string
  /** Kills it with SIGKILL. */
  stop(): Promise<void>
  /** Killed, if it was not, and started again, its memory lost. */
  restart(): Promise<void>
}

/** A real redis-server on a free port, with a folder of its own. */
export async function redisServer(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'windflow-redis-'))
  const port = await freePort()
  let child = await start(port, folder)
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: end,
    restart: async () => {
      await end()
      child = await start(port, folder)
    },
    [Symbol.asyncDispose]: async () => {
      await end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function start(port: number, folder: string): Promise<ChildProcess> {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', settings, { stdio: 'ignore' })
  for (let tries = 0; tries < 250; tries++) {
    const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return child
    } catch {
      await sleep(20)
    } finally {
      client.disconnect()
    }
  }
  child.kill('SIGKILL')
  throw new Error('redis-server does not start: is the Debian package "redis-server" installed?')
}
