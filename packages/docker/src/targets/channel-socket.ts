import { Duplex } from 'node:stream'
import type { ClientChannel } from 'ssh2'

/**
 * An SSH channel that behaves as the socket node:http expects: destroying it closes the channel, and when the channel
 * belongs to a command that fails, the reader gets that failure instead of an unexplained end.
 */
export class ChannelSocket extends Duplex {
  readonly #channel: ClientChannel

  /** @param failure for a command's channel: its error once its exit is known, undefined when it ended well */
  constructor(channel: ClientChannel, failure?: () => Error | undefined) {
    super({ allowHalfOpen: true })
    this.#channel = channel
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause()
    })
    // A command's exit may be told after the end of its output, but always before the close of the channel.
    channel.once(failure === undefined ? 'end' : 'close', () => {
      const error = failure?.()
      if (error === undefined) this.push(null)
      else this.destroy(error)
    })
    channel.once('close', () => {
      if (!this.readableEnded) this.push(null)
      this.end()
    })
    channel.once('error', (error: Error) => this.destroy(error))
  }

  override _read(): void {
    this.#channel.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#channel.writable) this.#channel.write(chunk, callback)
    else callback(Object.assign(new Error('the SSH channel was closed'), { code: 'EPIPE' }))
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#channel.end()
    callback()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#channel.close()
    callback(error)
  }

  /** What follows has no meaning for a channel, but node:http calls it on each connection it keeps. */
  setKeepAlive(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setTimeout(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}
