import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { Database } from '../app/core/db/database.ts'
import { createLogger } from '../app/core/kernel/log.ts'

export interface TestDatabase extends AsyncDisposable {
  readonly url: string
  readonly database: Database
}

/** An empty, migrated database of its own, gone at the end. `template` false leaves the tables out. */
export async function testDatabase(
  options: { readonly template?: boolean; readonly connections?: number } = {},
): Promise<TestDatabase> {
  const server = inject('postgres')
  const name = `t_${randomBytes(6).toString('hex')}`
  await asAdmin(server, `create database ${name}${options.template === false ? '' : ' template template_windflow'}`)
  const url = server.replace('/postgres?', `/${name}?`)
  const database = new Database(url, options.connections ?? 6, createLogger('silent'))
  return {
    url,
    database,
    [Symbol.asyncDispose]: async () => {
      await database.close()
      await asAdmin(server, `drop database ${name} with (force)`)
    },
  }
}

async function asAdmin(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
