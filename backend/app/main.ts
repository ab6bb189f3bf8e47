import { mkdir } from 'node:fs/promises'
import { startEmbedded } from './core/db/embedded/cluster.ts'
import { takeFolder } from './core/db/embedded/owner.ts'
import { loadConfig } from './core/kernel/config.ts'
import { createLogger } from './core/kernel/log.ts'
import { type Server, startServer } from './server.ts'

export { BootError, DomainError } from './core/kernel/errors.ts'
export { backup, resetPassword, restore, verifyAudit } from './host.ts'
export type { Server } from './server.ts'

export interface Serving {
  readonly server: Server
  readonly address: string
  /** Stops in order: requests, operations, database. */
  stop(): Promise<void>
}

/**
 * `windflow serve`: reads the configuration, brings the database along when none is named, and listens.
 * @throws BootError whose message lists everything to put right.
 */
export async function serve(env: Readonly<Record<string, string | undefined>>, version: string): Promise<Serving> {
  const config = loadConfig(env)
  const log = createLogger(config.logLevel)
  await mkdir(config.data, { recursive: true, mode: 0o711 })
  const ownsFolder = config.databaseUrl === undefined
  const leave = ownsFolder ? takeFolder(config.data) : () => undefined
  let closeDatabase: () => Promise<void> = async () => undefined
  try {
    let databaseUrl = config.databaseUrl
    if (databaseUrl === undefined) {
      const embedded = await startEmbedded(config.data, log)
      closeDatabase = () => embedded.stop()
      databaseUrl = embedded.url
    }
    const server = await startServer({ config, log, databaseUrl, version })
    const stop = async (): Promise<void> => {
      await server.stop()
      await closeDatabase()
      leave()
    }
    try {
      return { server, address: await server.listen(), stop }
    } catch (error) {
      await server.stop()
      throw error
    }
  } catch (error) {
    await closeDatabase()
    leave()
    throw error
  }
}
