import { fstatSync, writeSync } from 'node:fs'

/** Where a command writes, and what is at the other end. Text only; the caller ends its lines. */
export interface Streams {
  /** Results. Throws `OutputClosed` when nobody reads any more. */
  out(text: string | Uint8Array): void
  /** Progress, warnings and errors. What nobody reads is dropped: a deployment goes on. */
  err(text: string | Uint8Array): void
  readonly outIsTerminal: boolean
  readonly errIsTerminal: boolean
  readonly inIsTerminal: boolean
}

/** The reader of standard output went away (`windflow compose logs | head`). */
export class OutputClosed extends Error {
  override name = 'OutputClosed'
}

/**
 * The process's own streams, written synchronously: `process.stdout` would cost milliseconds of start and needs waiting
 * for at the end.
 */
export function processStreams(): Streams {
  return {
    out: (text) => write(1, text),
    err(text) {
      try {
        write(2, text)
      } catch (error) {
        if (!(error instanceof OutputClosed)) throw error
      }
    },
    get outIsTerminal() {
      return isTerminal(1)
    },
    get errIsTerminal() {
      return isTerminal(2)
    },
    get inIsTerminal() {
      return isTerminal(0)
    },
  }
}

function write(descriptor: number, text: string | Uint8Array): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  let done = 0
  while (done < bytes.length) {
    try {
      done += writeSync(descriptor, bytes, done)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      else if (code === 'EPIPE' || code === 'EBADF') throw new OutputClosed('standard output was closed')
      else throw error
    }
  }
}

function isTerminal(descriptor: number): boolean {
  try {
    // `node:tty` is only worth loading for a character device.
    if (!fstatSync(descriptor).isCharacterDevice()) return false
  } catch {
    return false
  }
  const tty = process.getBuiltinModule('node:tty')
  return tty.isatty(descriptor)
}
