import type { Streams } from '../src/streams.ts'

/** Streams that keep what was written to them. */
export interface RecordingStreams extends Streams {
  readonly said: { out: string; err: string }
}

export function recordingStreams(terminal = false): RecordingStreams {
  const said = { out: '', err: '' }
  return {
    said,
    out(text) {
      said.out += text
    },
    err(text) {
      said.err += text
    },
    outIsTerminal: terminal,
    errIsTerminal: terminal,
    inIsTerminal: terminal,
  }
}
