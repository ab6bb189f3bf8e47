import { expect, it } from 'vitest'
import { BoundedQueue } from './merge.ts'

it('makes writers wait while it is full, and loses nothing', async () => {
  const queue = new BoundedQueue<number>(2)
  let written = 0
  const write = async () => {
    for (let i = 0; i < 10; i++) if (await queue.put(i)) written++
    queue.close()
  }
  const writing = write()
  await new Promise(setImmediate)
  expect(written).toBe(2)
  const read: number[] = []
  for await (const item of queue) read.push(item)
  await writing
  expect(read).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

it('gives a reader that waits what is written next', async () => {
  const queue = new BoundedQueue<string>()
  const next = queue.next()
  await queue.put('late')
  expect(await next).toEqual({ done: false, value: 'late' })
})

it('ends with the error of a writer, after what was written before', async () => {
  const queue = new BoundedQueue<string>()
  await queue.put('before')
  queue.close({ reason: new Error('broken') })
  expect(await queue.next()).toEqual({ done: false, value: 'before' })
  await expect(queue.next()).rejects.toThrow('broken')
  expect(await queue.next()).toEqual({ done: true, value: undefined })
})

it('lets writers go when the reader leaves', async () => {
  const queue = new BoundedQueue<number>(1)
  await queue.put(1)
  const blocked = queue.put(2)
  await queue.return()
  expect(await blocked).toBe(false)
})
