import { EngineError } from '@windflow/engine'

export type StreamName = 'stdout' | 'stderr'

/** A piece of what a container wrote. */
export interface Piece {
  readonly stream: StreamName
  readonly data: Buffer
  /** Whether a message of the log begins here: the engine sends one frame per message. Always false for a terminal. */
  readonly begins: boolean
}

const HEADER_BYTES = 8

/**
 * Takes the engine's stream of frames apart (Engine API, "Stream format": kind, three zeros, payload length big-endian,
 * payload). Pieces are passed on as they arrive, so a frame is never collected, however long it is.
 * @param raw a terminal's stream, which has no frames: all of it is stdout
 */
export async function* demultiplex(
  source: AsyncIterable<Buffer>,
  raw: boolean,
): AsyncGenerator<Piece, void, undefined> {
  const header = Buffer.alloc(HEADER_BYTES)
  let headerFilled = 0
  let payloadLeft = 0
  let stream: StreamName = 'stdout'
  let begins = false
  for await (const chunk of source) {
    if (raw) {
      yield { stream: 'stdout', data: chunk, begins: false }
      continue
    }
    let offset = 0
    while (offset < chunk.length) {
      if (payloadLeft === 0) {
        const taken = chunk.copy(header, headerFilled, offset, offset + HEADER_BYTES - headerFilled)
        headerFilled += taken
        offset += taken
        if (headerFilled < HEADER_BYTES) break
        headerFilled = 0
        stream = streamOf(header)
        payloadLeft = header.readUInt32BE(4)
        begins = true
        continue
      }
      const data = chunk.subarray(offset, offset + payloadLeft)
      offset += data.length
      payloadLeft -= data.length
      yield { stream, data, begins }
      begins = false
    }
  }
}

function streamOf(header: Buffer): StreamName {
  const kind = header[0]
  // 0 is stdin: an attach echoes it as part of the output.
  if (kind === 0 || kind === 1) return 'stdout'
  if (kind === 2) return 'stderr'
  if (kind === 3)
    throw new EngineError('engine-stream-failed', 'the engine reported an error inside the stream', { class: 'target' })
  throw new EngineError('engine-bad-answer', `the engine sent a frame of unknown kind ${kind}`, { class: 'target' })
}
