import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import type { EngineClient } from '../api/client.ts'

export interface Relay {
  /** `unix:///...` */
  readonly address: string
  close(): Promise<void>
}

/**
 * An address under which programs of this machine reach the engine: its own socket, or a socket in a folder only this
 * user may enter, from which each connection goes on over TLS or SSH as this client verified it. Close it at the end.
 */
export async function relayedAddress(engine: EngineClient): Promise<Relay> {
  if (engine.address.startsWith('unix://')) return { address: engine.address, close: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'windflow-relay-'))
  const path = join(folder, 'docker.sock')
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (local) => {
    sockets.add(local)
    local.on('error', () => {})
    local.on('close', () => sockets.delete(local))
    engine.openConnection().then(
      (remote) => pipeline(local, remote, local, () => remote.destroy()),
      () => local.destroy(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  return {
    address: `unix://${path}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
