import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { mustRun, runCommand } from './command.ts'
import { importBusybox } from './images.ts'
import { freePort, type ServerProcess, startServer } from './server-process.ts'
import { createCertificates, type TlsFiles } from './tls.ts'
import { type EngineVersion, enginePrograms } from './tools.ts'

/** A Docker engine of a test's own. */
export interface TestEngine {
  readonly version: EngineVersion
  /** Address in the form of DOCKER_HOST: `unix://...`. */
  readonly dockerHost: string
  readonly socketPath: string
  /** Present when started with `tls: true`: a TCP address that asks for a client certificate. */
  readonly tls?: { readonly dockerHost: string; readonly port: number; readonly files: TlsFiles }
  readonly process: ServerProcess
  /** Runs the docker command line against this engine; must succeed; returns its output. */
  docker(...args: string[]): Promise<string>
  /** Removes all containers and networks, ends the engine, and removes everything it left on the machine. */
  stop(): Promise<void>
}

export interface EngineOptions {
  readonly version?: EngineVersion
  /** Listens on TCP with TLS as well. */
  readonly tls?: boolean
  /** Image names to make from busybox; `busybox:1` and `busybox:2` by default. */
  readonly images?: readonly string[]
  /** More arguments of dockerd, such as `--insecure-registry`. */
  readonly args?: readonly string[]
}

/** The images every test engine has unless told otherwise: two, so that a change of image can be tested. */
export const TEST_IMAGES: readonly string[] = ['busybox:1', 'busybox:2']

/**
 * Starts a Docker engine with its own data, socket, bridge and address pools, so that several run side by side.
 * Needs root. Takes 1 to 4 s.
 * @throws Error with the end of the engine's log when it does not start.
 */
export async function startEngine(options: EngineOptions = {}): Promise<TestEngine> {
  const version = options.version ?? '20.10'
  const programs = enginePrograms(version)
  const folder = await mkdtemp(join(tmpdir(), `windflow-engine-${version}-`))
  const socketPath = join(folder, 'docker.sock')
  const bridge = await addBridge()
  const cleanUp = async () => {
    await runCommand('ip', ['link', 'delete', bridge.name])
    await unmountBelow(folder)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const tls = options.tls
      ? { port: await freePort(), files: await createCertificates(join(folder, 'tls')) }
      : undefined
    const dockerHost = `unix://${socketPath}`
    // Settings of the machine's own engine (/etc/docker/daemon.json) are not for this one.
    const settings = join(folder, 'daemon.json')
    await writeFile(settings, '{}')
    const server = await startServer({
      program: programs.dockerd,
      args: [
        ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '-p', join(folder, 'pid')],
        ...['-H', dockerHost, '--bridge', bridge.name, '--config-file', settings],
        ...['--default-address-pool', `base=${bridge.pool},size=24`],
        ...programs.companions,
        ...(tls ? tlsArguments(tls) : []),
        ...(options.args ?? []),
      ],
      logFile: join(folder, 'dockerd.log'),
      ready: async () => (await runCommand('docker', ['-H', dockerHost, 'version'], { timeoutMs: 5_000 })).code === 0,
    })
    const engine: TestEngine = {
      version,
      dockerHost,
      socketPath,
      ...(tls ? { tls: { ...tls, dockerHost: `tcp://127.0.0.1:${tls.port}` } } : {}),
      process: server,
      docker: (...args) => mustRun('docker', args, { env: { DOCKER_HOST: dockerHost } }),
      async stop() {
        if (server.alive()) await empty(dockerHost)
        await server.stop()
        await cleanUp()
      },
    }
    try {
      await importBusybox(dockerHost, options.images ?? TEST_IMAGES)
    } catch (error) {
      await engine.stop()
      throw error
    }
    return engine
  } catch (error) {
    await cleanUp()
    throw error
  }
}

function tlsArguments({ port, files }: { port: number; files: TlsFiles }): string[] {
  return [
    ...['-H', `tcp://127.0.0.1:${port}`, '--tlsverify', '--tlscacert', files.ca],
    ...['--tlscert', files.serverCert, '--tlskey', files.serverKey],
  ]
}

/** A bridge of the engine's own: docker0 and its address belong to whatever engine the machine itself runs. */
async function addBridge(): Promise<{ name: string; pool: string }> {
  for (let number = 10; number < 250; number++) {
    const name = `wftest${number}`
    if (networkInterfaces()[name] || existsSync(`/sys/class/net/${name}`)) continue
    // Two starts at once may pick the same number: the kernel lets one of them win.
    if ((await runCommand('ip', ['link', 'add', 'name', name, 'type', 'bridge'])).code !== 0) continue
    await mustRun('ip', ['address', 'add', `10.${number}.255.1/24`, 'dev', name])
    await mustRun('ip', ['link', 'set', name, 'up'])
    return { name, pool: `10.${number}.0.0/17` }
  }
  throw new Error('no bridge could be made: `ip link add type bridge` needs root')
}

/** Containers and networks go first: an engine that is simply ended leaves bridges and firewall rules behind. */
async function empty(dockerHost: string): Promise<void> {
  const env = { DOCKER_HOST: dockerHost }
  const containers = (await runCommand('docker', ['ps', '-aq'], { env })).stdout.trim()
  if (containers !== '') await runCommand('docker', ['rm', '-f', '-v', ...containers.split('\n')], { env })
  await runCommand('docker', ['network', 'prune', '-f'], { env })
}

/** A killed engine leaves the mounts of its containers behind; a folder with a mount in it cannot be removed. */
async function unmountBelow(folder: string): Promise<void> {
  const table = await readFile('/proc/self/mounts', 'utf8')
  const mounts = table.split('\n').map((line) => line.split(' ')[1] ?? '')
  for (const mount of mounts.filter((path) => path.startsWith(`${folder}/`)).reverse()) {
    await runCommand('umount', ['--lazy', mount])
  }
}
