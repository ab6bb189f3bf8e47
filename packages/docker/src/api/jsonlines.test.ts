import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonLines } from './jsonlines.ts'

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let offset = 0
  for (let i = 0; offset < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield bytes.subarray(offset, offset + size)
    offset += size
  }
}

it('gives every object back, wherever the stream is cut', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), sizes, fc.boolean(), async (objects, cuts, lastLine) => {
      const text = objects.map((object) => JSON.stringify(object)).join('\r\n') + (lastLine ? '\n' : '')
      const found: unknown[] = []
      for await (const object of jsonLines(inPieces(Buffer.from(text), cuts))) found.push(object)
      expect(found).toEqual(JSON.parse(JSON.stringify(objects)))
    }),
  )
})

it('refuses what is not JSON', async () => {
  const lines = jsonLines(inPieces(Buffer.from('{"a":1}\nnot json\n'), [5]))
  expect(await lines.next()).toMatchObject({ value: { a: 1 } })
  await expect(lines.next()).rejects.toMatchObject({ code: 'engine-bad-answer' })
})
