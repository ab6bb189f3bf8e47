import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Engine versions the tests know how to start: the one Debian 12 installs, and the one of the next release. */
export type EngineVersion = '20.10' | '26.1'

/** The programs of one engine. */
export interface EnginePrograms {
  readonly dockerd: string
  /** Arguments that name the engine's companions, where they are not on the path. */
  readonly companions: readonly string[]
}

/** Folder outside the checkout in which `scripts/test.sh` keeps the programs it had to build or unpack. */
export function toolCache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'windflow-tools')
}

/**
 * The programs of an engine version.
 * @throws Error that says how to get them when they are not on this machine.
 */
export function enginePrograms(version: EngineVersion): EnginePrograms {
  const unpacked = join(toolCache(), 'engine-26.1', 'usr')
  const dockerd = version === '20.10' ? '/usr/sbin/dockerd' : join(unpacked, 'sbin', 'dockerd')
  if (!existsSync(dockerd)) {
    throw new Error(`engine ${version} is not on this machine (${dockerd}); scripts/test.sh --prepare installs it`)
  }
  if (version === '20.10') return { dockerd, companions: [] }
  return { dockerd, companions: ['--userland-proxy-path', join(unpacked, 'sbin', 'docker-proxy')] }
}

/** Compose releases the tests compare with. */
export type ComposeVersion = '5.6.0' | '2.26.1'

/**
 * Path of the Docker Compose program of one release, which runs by itself (`PATH compose ...` is not needed).
 * @throws Error that says how to get it when it is not on this machine.
 */
export function composeProgram(version: ComposeVersion): string {
  const program = join(toolCache(), `compose-${version}`, 'docker-compose')
  if (!existsSync(program)) {
    throw new Error(
      `docker compose ${version} is not on this machine (${program}); scripts/test.sh --prepare builds it`,
    )
  }
  return program
}

/** Path of the buildx plugin of the docker command line; undefined where it could not be had. */
export function buildxProgram(): string | undefined {
  const program = join(toolCache(), 'buildx', 'docker-buildx')
  return existsSync(program) ? program : undefined
}
