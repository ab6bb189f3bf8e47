import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mustRun } from './command.ts'
import { freePort, startServer } from './server-process.ts'

/** A real image registry on the loopback address, which engines talk to without TLS and without a setting. */
export interface TestRegistry {
  /** `127.0.0.1:PORT`, the first part of an image name. */
  readonly address: string
  readonly user: string
  readonly password: string
  stop(): Promise<void>
}

/** Starts Debian's docker-registry; it lets nobody in without the user and password returned. */
export async function startRegistry(): Promise<TestRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'windflow-registry-'))
  const [user, password] = ['windflow', 'registry-password']
  const [port, debugPort] = [await freePort(), await freePort()]
  const address = `127.0.0.1:${port}`
  const hash = await mustRun('htpasswd', ['-Bbn', user, password])
  await writeFile(join(folder, 'htpasswd'), hash)
  await writeFile(join(folder, 'config.yml'), registrySettings(folder, address, `127.0.0.1:${debugPort}`))
  try {
    const server = await startServer({
      program: 'docker-registry',
      args: ['serve', join(folder, 'config.yml')],
      logFile: join(folder, 'registry.log'),
      ready: async () => (await fetch(`http://${address}/v2/`)).status === 401,
    })
    return {
      address,
      user,
      password,
      async stop() {
        await server.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

function registrySettings(folder: string, address: string, debugAddress: string): string {
  return JSON.stringify({
    version: 0.1,
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: { addr: address, debug: { addr: debugAddress } },
    auth: { htpasswd: { realm: 'windflow-test', path: join(folder, 'htpasswd') } },
  })
}
