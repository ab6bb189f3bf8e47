import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { demultiplex, type Piece } from './demultiplex.ts'

function frame(kind: number, payload: Buffer): Buffer {
  const header = Buffer.from([kind, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let offset = 0
  for (let i = 0; offset < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield bytes.subarray(offset, offset + size)
    offset += size
  }
}

async function collect(source: AsyncIterable<Buffer>, raw = false): Promise<Piece[]> {
  const pieces: Piece[] = []
  for await (const piece of demultiplex(source, raw)) pieces.push(piece)
  return pieces
}

describe('frames', () => {
  it('come apart the same way, wherever the stream is cut', async () => {
    const frames = fc.array(fc.record({ error: fc.boolean(), payload: fc.uint8Array({ maxLength: 50 }) }))
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(frames, sizes, async (written, cuts) => {
        const bytes = Buffer.concat(written.map(({ error, payload }) => frame(error ? 2 : 1, Buffer.from(payload))))
        const pieces = await collect(inPieces(bytes, cuts))
        for (const stream of ['stdout', 'stderr'] as const) {
          const wanted = written.filter(({ error }) => error === (stream === 'stderr')).map(({ payload }) => payload)
          const got = pieces.filter((piece) => piece.stream === stream).map(({ data }) => data)
          expect(Buffer.concat(got)).toEqual(Buffer.concat(wanted))
        }
        expect(pieces.filter(({ begins }) => begins)).toHaveLength(
          written.filter(({ payload }) => payload.length).length,
        )
      }),
    )
  })

  it('are passed on in parts, not collected', async () => {
    const whole = frame(1, Buffer.from('abcdef'))
    const pieces = await collect(inPieces(whole, [10, 2]))
    expect(pieces.map(({ data, begins }) => [data.toString(), begins])).toEqual([
      ['ab', true],
      ['cd', false],
      ['ef', false],
    ])
  })

  it('of an unknown kind, or with an error of the engine, end the stream', async () => {
    await expect(collect(inPieces(frame(9, Buffer.from('x')), [20]))).rejects.toMatchObject({
      code: 'engine-bad-answer',
    })
    await expect(collect(inPieces(frame(3, Buffer.from('x')), [20]))).rejects.toMatchObject({
      code: 'engine-stream-failed',
    })
  })
})

it('leaves a terminal stream as it is', async () => {
  const pieces = await collect(inPieces(frame(1, Buffer.from('x')), [4]), true)
  expect(Buffer.concat(pieces.map(({ data }) => data))).toEqual(frame(1, Buffer.from('x')))
  expect(pieces.every(({ stream, begins }) => stream === 'stdout' && !begins)).toBe(true)
})
