import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Piece } from './demultiplex.ts'
import { type Line, LineJoiner } from './lines.ts'

const TIME = '2030-01-02T03:04:05.000000001Z'

function piece(text: string | Buffer, begins = true, stream: Piece['stream'] = 'stdout'): Piece {
  return { stream, data: Buffer.from(text), begins }
}

function join(joiner: LineJoiner, pieces: readonly Piece[]): Line[] {
  return [...pieces.flatMap((each) => [...joiner.add(each)]), ...joiner.end()]
}

describe('lines', () => {
  it('are the same wherever they were cut', () => {
    const lines = fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, '')))
    fc.assert(
      fc.property(lines, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (written, cuts) => {
        const bytes = Buffer.from(written.map((line) => `${line}\n`).join(''))
        const pieces: Piece[] = []
        for (let offset = 0, i = 0; offset < bytes.length; i++) {
          const size = cuts[i % cuts.length] ?? 1
          pieces.push({ stream: 'stdout', data: bytes.subarray(offset, offset + size), begins: false })
          offset += size
        }
        expect(join(new LineJoiner({ timed: false, raw: true }), pieces).map(({ text }) => text)).toEqual(written)
      }),
    )
  })

  it('take their time from the engine, also when it is cut in the middle', () => {
    const joiner = new LineJoiner({ timed: true, raw: false })
    const pieces = [piece(TIME.slice(0, 12)), piece(`${TIME.slice(12)} hello\n`, false)]
    expect(join(joiner, pieces)).toEqual([{ stream: 'stdout', time: TIME, text: 'hello' }])
  })

  it('keep what looks like a time but is their own', () => {
    const joiner = new LineJoiner({ timed: true, raw: false })
    expect(join(joiner, [piece(`${TIME} `), piece(`${TIME} mine\n`, false)])).toEqual([
      { stream: 'stdout', time: TIME, text: `${TIME} mine` },
    ])
  })

  it('in several messages of the engine are joined, without the times in between', () => {
    const joiner = new LineJoiner({ timed: true, raw: false })
    const later = TIME.replace('1Z', '9Z')
    const pieces = [piece(`${TIME} one `), piece(`${later} two `), piece(`${later} three\n`)]
    expect(join(joiner, pieces)).toEqual([{ stream: 'stdout', time: TIME, text: 'one two three' }])
  })

  it('of a terminal have a time each and no carriage return', () => {
    const joiner = new LineJoiner({ timed: true, raw: true })
    const bytes = `${TIME} one\r\n${TIME} two\r\n`
    const pieces = [...bytes].map((character) => piece(character, false))
    expect(join(joiner, pieces).map(({ text, time }) => [text, time])).toEqual([
      ['one', TIME],
      ['two', TIME],
    ])
  })

  it('of the two streams do not mix', () => {
    const joiner = new LineJoiner({ timed: false, raw: false })
    const pieces = [piece('out'), piece('err\n', true, 'stderr'), piece('put\n')]
    expect(join(joiner, pieces).map(({ stream, text }) => `${stream} ${text}`)).toEqual(['stderr err', 'stdout output'])
  })

  it('longer than the bound come in several, cut between characters', () => {
    const joiner = new LineJoiner({ timed: true, raw: false, maxBytes: 10 })
    const lines = join(joiner, [piece(`${TIME} ${'é'.repeat(12)}\n`), piece(`${TIME} short\n`)])
    expect(lines.map(({ text }) => text)).toEqual(['ééééé', 'ééééé', 'éé', 'short'])
    expect(lines.every(({ time }) => time === TIME)).toBe(true)
  })

  it('without an end are given at the end', () => {
    expect(join(new LineJoiner({ timed: false, raw: false }), [piece('no newline')])).toMatchObject([
      { text: 'no newline' },
    ])
  })
})
