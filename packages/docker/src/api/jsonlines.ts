import { EngineError } from '@windflow/engine'

/** Longest JSON object in a stream of them, in bytes. */
const MAX_OBJECT_BYTES = 4 * 1024 * 1024

/**
 * The objects of a stream of JSON lines (progress of pulls and builds, events, stats), one by one as they come.
 * `T` is the caller's claim about the wire.
 */
export async function* jsonLines<T>(source: AsyncIterable<Uint8Array>): AsyncGenerator<T, void, undefined> {
  let pending: Uint8Array[] = []
  let size = 0
  for await (const chunk of source) {
    let start = 0
    for (let end = chunk.indexOf(10, start); end >= 0; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...pending, chunk.subarray(start, end)]).toString('utf8')
      pending = []
      size = 0
      start = end + 1
      if (line.trim() !== '') yield parse<T>(line)
    }
    const rest = chunk.subarray(start)
    size += rest.length
    if (size > MAX_OBJECT_BYTES) throw unreadable(`an object of more than ${MAX_OBJECT_BYTES} bytes`)
    if (rest.length > 0) pending.push(rest)
  }
  const last = Buffer.concat(pending).toString('utf8')
  if (last.trim() !== '') yield parse<T>(last)
}

function parse<T>(line: string): T {
  try {
    return JSON.parse(line) as T
  } catch {
    throw unreadable('a line that is not JSON')
  }
}

function unreadable(what: string): EngineError {
  return new EngineError('engine-bad-answer', `the engine sent ${what}`, { class: 'target' })
}
