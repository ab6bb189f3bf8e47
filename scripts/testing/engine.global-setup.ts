import { mustRun } from './command.ts'
import { startEngine, TEST_IMAGES } from './engine.ts'
import { importBusybox } from './images.ts'

/**
 * Vitest global set-up of the projects that need a Docker engine: DOCKER_HOST names it in every test file.
 * WINDFLOW_TEST_ENGINE chooses: `20.10` (default) or `26.1` starts one and ends it afterwards; an address such as
 * `unix:///run/user/0/docker.sock` uses one that runs. DOCKER_HOST itself is ignored: it may name an engine people use.
 */
export default async function setup(): Promise<() => Promise<void>> {
  delete process.env.DOCKER_CONTEXT
  const wanted = process.env.WINDFLOW_TEST_ENGINE || '20.10'
  if (wanted.includes('://')) {
    process.env.DOCKER_HOST = wanted
    await mustRun('docker', ['version'])
    await importBusybox(wanted, TEST_IMAGES)
    return async () => undefined
  }
  if (wanted !== '20.10' && wanted !== '26.1') {
    throw new Error(`WINDFLOW_TEST_ENGINE is "${wanted}": use 20.10, 26.1 or the address of an engine`)
  }
  const engine = await startEngine({ version: wanted })
  process.env.DOCKER_HOST = engine.dockerHost
  return () => engine.stop()
}
