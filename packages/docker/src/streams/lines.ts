import type { Piece, StreamName } from './demultiplex.ts'

export interface Line {
  readonly stream: StreamName
  readonly text: string
  /** RFC 3339 with nanoseconds, from the engine; absent where the stream carries no times. */
  readonly time?: string
}

/** Longest line passed on in one piece, in bytes; a longer one comes in several. */
const MAX_LINE_BYTES = 256 * 1024

/** What `timestamps=1` puts before each message: fixed width, so text order is time order. */
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) /
const MAX_TIME_BYTES = 36

interface Pending {
  readonly chunks: Buffer[]
  size: number
  time: string | undefined
  /** Whether what comes next is a time of the engine. */
  timeNext: boolean
  /** Bytes that may still turn out to be that time. */
  head: Buffer | undefined
  /** A long line of which a part was passed on already. */
  continued: boolean
}

/**
 * Puts a container's output together into lines. An engine cuts a long line into messages of 16 KiB, each with a time of
 * its own before it: those in the middle of a line are dropped.
 */
export class LineJoiner {
  readonly #timed: boolean
  readonly #raw: boolean
  readonly #maxBytes: number
  readonly #pending: Record<StreamName, Pending>

  /** `timed`: the stream was asked for with times. `raw`: it is a terminal's, without frames. */
  constructor(options: { readonly timed: boolean; readonly raw: boolean; readonly maxBytes?: number }) {
    this.#timed = options.timed
    this.#raw = options.raw
    this.#maxBytes = options.maxBytes ?? MAX_LINE_BYTES
    this.#pending = { stdout: this.#fresh(), stderr: this.#fresh() }
  }

  /** @returns the lines that this piece completes */
  *add(piece: Piece): Generator<Line, void, undefined> {
    const { stream } = piece
    if (this.#timed && piece.begins) this.#pending[stream].timeNext = true
    let data = this.#takeTime(stream, piece.data)
    while (data.length > 0) {
      const end = data.indexOf(0x0a)
      yield* this.#append(stream, end < 0 ? data : data.subarray(0, end))
      if (end < 0) return
      yield this.#finish(stream)
      data = this.#takeTime(stream, data.subarray(end + 1))
    }
  }

  /** What is left when the stream ends without a line feed. */
  *end(): Generator<Line, void, undefined> {
    for (const stream of ['stdout', 'stderr'] as const) {
      const { head } = this.#pending[stream]
      if (head !== undefined) yield* this.#append(stream, head)
      if (this.#pending[stream].size > 0) yield this.#finish(stream)
    }
  }

  /** @returns the data after the time; nothing while the time is not complete */
  #takeTime(stream: StreamName, data: Buffer): Buffer {
    const pending = this.#pending[stream]
    if (!pending.timeNext) return data
    const known = pending.head === undefined ? data : Buffer.concat([pending.head, data])
    pending.head = undefined
    if (known.length < MAX_TIME_BYTES && !known.includes(0x20) && !known.includes(0x0a)) {
      if (known.length > 0) pending.head = Buffer.from(known)
      return known.subarray(known.length)
    }
    pending.timeNext = false
    const match = TIME.exec(known.toString('latin1', 0, MAX_TIME_BYTES))
    if (match?.[1] === undefined) return known
    if (pending.size === 0 && !pending.continued) pending.time = match[1]
    return known.subarray(match[0].length)
  }

  *#append(stream: StreamName, part: Buffer): Generator<Line, void, undefined> {
    let rest = part
    while (this.#pending[stream].size + rest.length > this.#maxBytes) {
      const pending = this.#pending[stream]
      const room = characterBoundary(rest, this.#maxBytes - pending.size)
      pending.chunks.push(rest.subarray(0, room))
      rest = rest.subarray(room)
      yield this.#finish(stream)
      this.#pending[stream] = { ...this.#fresh(), time: pending.time, timeNext: false, continued: true }
    }
    const pending = this.#pending[stream]
    if (rest.length > 0) {
      pending.chunks.push(rest)
      pending.size += rest.length
    }
  }

  #finish(stream: StreamName): Line {
    const { chunks, time } = this.#pending[stream]
    this.#pending[stream] = this.#fresh()
    const text = Buffer.concat(chunks).toString('utf8')
    return { stream, text: text.endsWith('\r') ? text.slice(0, -1) : text, ...(time !== undefined && { time }) }
  }

  #fresh(): Pending {
    return {
      chunks: [],
      size: 0,
      time: undefined,
      timeNext: this.#timed && this.#raw,
      head: undefined,
      continued: false,
    }
  }
}

/** The largest cut at or before `at` that does not fall inside a UTF-8 character. */
function characterBoundary(data: Buffer, at: number): number {
  let cut = at
  while (cut > 0 && cut > at - 4 && ((data[cut] ?? 0) & 0xc0) === 0x80) cut--
  return cut
}
