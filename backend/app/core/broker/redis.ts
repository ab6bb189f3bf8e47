import { Redis } from 'ioredis'
import type { Disposal } from '../kernel/disposal.ts'
import { DomainError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/log.ts'
import { type Broker, type Count, type Listener, Listeners } from './broker.ts'

const PREFIX = 'windflow:'
/** Adds one and sets the end of the window at the first use, as one act. */
const INCREMENT = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
`

/** Messages, counters and tickets in Redis. Reconnects by itself; a command while it is away fails at once. */
export class RedisBroker implements Broker {
  readonly kind = 'redis'
  readonly #commands: Redis
  readonly #subscriber: Redis
  readonly #listeners = new Listeners()
  readonly #log: Logger

  private constructor(commands: Redis, subscriber: Redis, log: Logger) {
    this.#commands = commands
    this.#subscriber = subscriber
    this.#log = log
  }

  /** Connects; rejects when Redis does not answer. */
  static async connect(url: string, log: Logger): Promise<RedisBroker> {
    const options = { lazyConnect: true, maxRetriesPerRequest: 0, enableOfflineQueue: false, retryStrategy: () => 500 }
    const commands = new Redis(url, options)
    const subscriber = new Redis(url, { ...options, enableOfflineQueue: true, maxRetriesPerRequest: null })
    const broker = new RedisBroker(commands, subscriber, log)
    for (const client of [commands, subscriber]) client.on('error', (error) => log.warn({ err: error }, 'redis'))
    subscriber.on('message', (_channel, text: string) => {
      const [channel = '', ...payload] = text.split('\n')
      broker.#listeners.deliver(channel, payload.join('\n'))
    })
    try {
      await commands.connect()
      await subscriber.connect()
      await subscriber.subscribe(`${PREFIX}messages`)
    } catch (error) {
      await broker.close()
      throw error
    }
    subscriber.on('ready', () => broker.#listeners.gap())
    return broker
  }

  publish(channel: string, payload: string): void {
    this.#commands.publish(`${PREFIX}messages`, `${channel}\n${payload}`).catch((error: unknown) => {
      this.#log.warn({ err: error, channel }, 'could not tell the other processes')
      this.#listeners.deliver(channel, payload)
    })
  }

  subscribe(channel: string, listener: Listener): Disposal {
    return this.#listeners.add(channel, listener)
  }

  async increment(key: string, windowMs: number): Promise<Count> {
    const answer: unknown = await this.#run(() => this.#commands.eval(INCREMENT, 1, `${PREFIX}count:${key}`, windowMs))
    const [count, remaining] = Array.isArray(answer) ? answer : [1, windowMs]
    return { count: Number(count), resetsInMs: Number(remaining) }
  }

  async put(key: string, value: string, ttlMs: number): Promise<void> {
    await this.#run(() => this.#commands.set(`${PREFIX}ticket:${key}`, value, 'PX', ttlMs))
  }

  async take(key: string): Promise<string | undefined> {
    return (await this.#run(() => this.#commands.getdel(`${PREFIX}ticket:${key}`))) ?? undefined
  }

  async ping(): Promise<void> {
    await this.#run(() => this.#commands.ping())
  }

  async #run<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await command()
    } catch (error) {
      throw new DomainError('unavailable', 'redis-unavailable', 'Redis does not answer at the moment', {
        hint: 'try again in a few seconds; nothing was lost',
        retryAfterSeconds: 2,
        cause: error,
      })
    }
  }

  async close(): Promise<void> {
    this.#commands.disconnect()
    this.#subscriber.disconnect()
  }
}
