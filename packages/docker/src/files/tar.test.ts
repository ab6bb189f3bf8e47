import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import tar from 'tar-stream'
import { expect, test } from 'vitest'
import { singleFileTar } from './tar.ts'

async function read(archive: Uint8Array): Promise<{ header: tar.Header; content: string }[]> {
  const files: { header: tar.Header; content: string }[] = []
  const extract = tar.extract()
  Readable.from([archive]).pipe(extract)
  for await (const entry of extract) files.push({ header: entry.header, content: String(await buffer(entry)) })
  return files
}

test.each(['/run/secrets/token', `/${'long/'.repeat(40)}name`, '/é'])('holds one file, %s', async (path) => {
  const files = await read(singleFileTar(path, Buffer.from('value'), { uid: 7, gid: 8, mode: 0o440 }))
  expect(files).toHaveLength(1)
  expect(files[0]?.content).toBe('value')
  expect(files[0]?.header).toMatchObject({ name: path.slice(1), uid: 7, gid: 8, mode: 0o440, type: 'file' })
})

test('holds content of any length', async () => {
  for (const length of [0, 1, 511, 512, 513, 100_000]) {
    const content = Buffer.alloc(length, 'x')
    const [file] = await read(singleFileTar('/x', content, { uid: 0, gid: 0, mode: 0o444 }))
    expect(file?.content).toBe(content.toString())
  }
})
