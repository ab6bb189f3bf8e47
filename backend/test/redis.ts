import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'

export interface TestRedis extends AsyncDisposable {
  readonly url: string
  /** Killed with SIGKILL and started again, its memory lost. */
  restart(): Promise<void>
}

/** A real redis-server on a unix socket in a folder of its own. */
export async function redisServer(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'windflow-redis-'))
  const socket = join(folder, 'redis.sock')
  let child = await start(socket, folder)
  const end = async (): Promise<void> => {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  return {
    url: socket,
    restart: async () => {
      await end()
      child = await start(socket, folder)
    },
    [Symbol.asyncDispose]: async () => {
      await end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function start(socket: string, folder: string): Promise<ChildProcess> {
  const settings = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', settings, { stdio: 'ignore' })
  for (let tries = 0; tries < 250; tries++) {
    const client = new Redis(socket, { lazyConnect: true, retryStrategy: () => null })
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
