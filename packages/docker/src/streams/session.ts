import type { Duplex } from 'node:stream'
import { demultiplex, type StreamName } from './demultiplex.ts'

/** A two-way connection to a process, as web streams. */
export interface ProcessStreams {
  /** Closing it closes the process's standard input; aborting it ends the connection. */
  readonly stdin: WritableStream<Uint8Array>
  /** One of the two not being read holds the other up as well: they share a connection. Cancel the one that does not
   * matter. */
  readonly stdout: ReadableStream<Uint8Array>
  readonly stderr: ReadableStream<Uint8Array>
  /** Resolves when the process closed its output and all was handed over; rejects when the connection broke. */
  readonly ended: Promise<void>
}

/**
 * @param raw whether the process has a terminal: its stream is not framed then, and all output is stdout
 * @param signal ends the connection
 */
export function processStreams(socket: Duplex, raw: boolean, signal: AbortSignal): ProcessStreams {
  const abort = () => socket.destroy()
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  const outputs: Record<StreamName, Output> = { stdout: new Output(), stderr: new Output() }
  const copy = async () => {
    try {
      for await (const { stream, data } of demultiplex(socket, raw)) await outputs[stream].write(data)
      if (signal.aborted) throw signal.reason
      for (const output of Object.values(outputs)) output.close()
    } catch (error) {
      const reason = signal.aborted ? signal.reason : error
      for (const output of Object.values(outputs)) output.fail(reason)
      throw reason
    } finally {
      signal.removeEventListener('abort', abort)
      socket.destroy()
    }
  }
  const ended = copy()
  // Whoever cares awaits it; a broken connection nobody awaits is no crash.
  ended.catch(() => {})
  return { stdin: input(socket), stdout: outputs.stdout.readable, stderr: outputs.stderr.readable, ended }
}

function input(socket: Duplex): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (chunk) =>
      new Promise((resolve, reject) => {
        // A process that has ended reads no more: what is typed after that goes nowhere, as in a shell.
        if (socket.destroyed || socket.writableEnded) resolve()
        else socket.write(chunk, (error) => (error && !socket.destroyed ? reject(error) : resolve()))
      }),
    close: () => {
      socket.end()
    },
    abort: () => {
      socket.destroy()
    },
  })
}

class Output {
  readonly readable: ReadableStream<Uint8Array>
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #resume: (() => void) | undefined
  #cancelled = false

  constructor() {
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#resume?.(),
        cancel: () => {
          this.#cancelled = true
          this.#resume?.()
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 }),
    )
  }

  async write(data: Uint8Array): Promise<void> {
    if (this.#cancelled) return
    this.#controller?.enqueue(data)
    while (!this.#cancelled && (this.#controller?.desiredSize ?? 1) <= 0)
      await new Promise<void>((resolve) => {
        this.#resume = resolve
      })
  }

  close(): void {
    if (!this.#cancelled) this.#controller?.close()
  }

  fail(reason: unknown): void {
    if (!this.#cancelled) this.#controller?.error(reason)
  }
}
