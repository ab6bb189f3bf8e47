import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { Database } from '../app/core/db/database.ts'
import { startEmbedded } from '../app/core/db/embedded/cluster.ts'
import { migrate } from '../app/core/db/migrate.ts'
import { MIGRATIONS } from '../app/core/db/migrations/index.ts'
import { createLogger } from '../app/core/kernel/log.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the cluster the tests share; each file makes databases of its own in it. */
    postgres: string
  }
}

/** One real PostgreSQL for all server tests, with a migrated template that a new database is copied from in milliseconds. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const log = createLogger('error')
  const folder = await mkdtemp(join(tmpdir(), 'windflow-pg-'))
  const cluster = await startEmbedded(folder, log)
  const client = new pg.Client({ connectionString: cluster.url })
  await client.connect()
  await client.query('create database template_windflow')
  await client.end()
  const database = new Database(cluster.url.replace('/postgres?', '/template_windflow?'), 2, log)
  await migrate(database.pool, MIGRATIONS)
  await database.close()
  project.provide('postgres', cluster.url)
  return async () => {
    await cluster.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
