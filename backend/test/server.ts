import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Driver } from '@windflow/engine'

import type { FakeEngine } from '../../packages/engine/test/memory/engine.ts'
import { newEngine } from '../../packages/engine/test/memory/world.ts'
import { type Config, loadConfig } from '../app/core/kernel/config.ts'
import { createLogger } from '../app/core/kernel/log.ts'
import { type Server, type ServerOptions, startServer } from '../app/server.ts'
import { Client } from './client.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { MemoryTarget } from './memory-target.ts'

export const ADMIN = { email: 'first-admin@example.org', password: 'correct horse battery' }

export interface TestServer extends AsyncDisposable {
  readonly server: Server
  readonly database: TestDatabase
  readonly config: Config
  /** Where its deployments go: an engine in memory, shared by every server of the test. */
  readonly engine: FakeEngine
  /** Nobody yet. */
  client(): Client
  /** Signed in as the first administrator, who owns the organization "main". */
  admin(): Promise<Client>
}

export interface TestServerOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly options?: Partial<ServerOptions>
  /** Another server of the same installation: same database, same folder, same engine. */
  readonly beside?: TestServer
  /** Instead of a driver of the engine in memory. */
  readonly driver?: (engine: FakeEngine) => Driver
}

/** A whole server on a database of its own, in this process, talked to without a socket. */
export async function testServer(given: TestServerOptions = {}): Promise<TestServer> {
  const { beside } = given
  const database = beside?.database ?? (await testDatabase())
  const data = beside?.config.data ?? (await mkdtemp(join(tmpdir(), 'windflow-data-')))
  const engine = beside?.engine ?? newEngine()
  const config = loadConfig({
    WINDFLOW_DATA: data,
    WINDFLOW_ADMIN_EMAIL: ADMIN.email,
    WINDFLOW_ADMIN_PASSWORD: ADMIN.password,
    WINDFLOW_LOG_LEVEL: 'silent',
    WINDFLOW_RATE_LIMIT: 'off',
    WINDFLOW_DRAIN_SECONDS: '0',
    DATABASE_URL: database.url,
    ...given.env,
  })
  const makeDriver = given.driver ?? ((fake) => new MemoryTarget(fake))
  const server = await startServer({
    config,
    log: createLogger(process.env.TEST_LOG ?? 'silent'),
    databaseUrl: database.url,
    version: '0.0.0-test',
    checkAnswers: true,
    extensionsFolder: join(data, 'no-extensions'),
    targetDrivers: {
      docker: { open: async () => makeDriver(engine), describe: async () => ({ facts: { engineVersion: 'memory' } }) },
    },
    ...given.options,
  })
  const client = (): Client => new Client(server.app)
  return {
    server,
    database,
    config,
    engine,
    client,
    admin: async () => {
      const admin = client()
      await admin.post('/auth/login', ADMIN, 200)
      return admin
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop()
      if (beside !== undefined) return
      await database[Symbol.asyncDispose]()
      await rm(data, { recursive: true, force: true })
    },
  }
}
