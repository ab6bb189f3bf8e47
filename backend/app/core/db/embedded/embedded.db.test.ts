import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { createLogger } from '../../kernel/log.ts'
import { type EmbeddedDatabase, runningEmbedded, startEmbedded } from './cluster.ts'
import { takeFolder } from './owner.ts'

const log = createLogger('silent')

/** A data folder of its own, and whatever database runs in it at the end stopped. */
async function inFolder(work: (data: string, open: () => Promise<EmbeddedDatabase>) => Promise<void>): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'windflow-embedded-'))
  const opened: EmbeddedDatabase[] = []
  try {
    await work(data, async () => {
      const database = await startEmbedded(data, log)
      opened.push(database)
      return database
    })
  } finally {
    for (const database of opened) await database.stop()
    await rm(data, { recursive: true, force: true })
  }
}

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

describe('the built-in database', { timeout: 120_000 }, () => {
  it('keeps its data from one start to the next', () =>
    inFolder(async (_data, open) => {
      const first = await open()
      await ask(first.url, 'create table kept as select 42 as answer')
      await first.stop()
      const second = await open()
      expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    }))

  it('is adopted when the process that started it was killed', () =>
    inFolder(async (data, open) => {
      const orphan = await open()
      expect(await runningEmbedded(data)).toBe(orphan.url)
      const adopted = await open()
      expect(adopted.pid()).toBe(orphan.pid())
      expect(await ask(adopted.url, 'select 1 as one')).toEqual([{ one: 1 }])
      await adopted.stop()
      expect(await runningEmbedded(data)).toBeUndefined()
    }))

  it('starts again by itself after it was killed, with everything that was committed', () =>
    inFolder(async (_data, open) => {
      const database = await open()
      await ask(database.url, 'create table kept as select 42 as answer')
      const killed = database.pid()
      process.kill(killed, 'SIGKILL')
      for (let tries = 0; tries < 300 && database.pid() === killed; tries++) await sleep(100)
      expect(database.pid()).not.toBe(killed)
      expect(await ask(database.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    }))

  it('is made anew when making it was cut off', () =>
    inFolder(async (data, open) => {
      await mkdir(join(data, 'postgres.4711'), { recursive: true })
      await writeFile(join(data, 'postgres.4711', 'PG_VERSION'), '18\n')
      const database = await open()
      expect(await ask(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
      expect(existsSync(join(data, 'postgres.4711'))).toBe(false)
    }))

  it('works in a folder too deep for the name of a socket', () =>
    inFolder(async (data) => {
      await chmod(data, 0o711)
      const deep = join(data, 'a'.repeat(100))
      const database = await startEmbedded(deep, log)
      try {
        expect(await ask(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
      } finally {
        await database.stop()
      }
    }))
})

describe('a data folder', () => {
  it('belongs to one WindFlow at a time, and is taken from a dead one', async () => {
    const data = await mkdtemp(join(tmpdir(), 'windflow-owner-'))
    const leave = takeFolder(data)
    expect(() => takeFolder(data)).toThrow(new RegExp(`process id ${process.pid}`))
    leave()
    await writeFile(join(data, 'windflow.pid'), `${process.pid}\nanother start\n`)
    takeFolder(data)()
    await rm(data, { recursive: true })
  })
})
