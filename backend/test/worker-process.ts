// A worker as a process of its own, for tests that kill it. Killed by itself, with SIGKILL, at the step that KILL_AT
// names: KILL_WHEN=before it is done, or after; `restore/` in front means on the way back. Ids of containers in the name
// are those of another run: they do not count.
import type { Driver, Step, StepContext } from '@windflow/engine'
import { loadConfig } from '../app/core/kernel/config.ts'
import { createLogger } from '../app/core/kernel/log.ts'
import type { TargetDriverFactory } from '../app/core/kernel/points.ts'
import { dockerTargets } from '../app/core/targets/docker-target.ts'
import { startServer } from '../app/server.ts'

const { KILL_WHEN } = process.env
const KILL_AT = process.env.KILL_AT?.replace(/\/[0-9a-f]{12}$/, '')

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => undefined)
}

/** Steps are named apart by their phase: those of a way back have the plan of the way back. */
function deadly(driver: Driver): Driver {
  const forward = new Set<string>()
  const plan = driver.plan.bind(driver)
  const perform = driver.perform.bind(driver)
  return Object.assign(driver, {
    plan: async (...args: Parameters<Driver['plan']>) => {
      const made = await plan(...args)
      for (const step of made.steps) forward.add(JSON.stringify(step))
      return made
    },
    perform: async (step: Step, context: StepContext) => {
      const id = step.id.replace(/\/[0-9a-f]{12}$/, '')
      const name = forward.has(JSON.stringify(step)) ? id : `restore/${id}`
      if (name === KILL_AT && KILL_WHEN === 'before') await die()
      await perform(step, context)
      if (name === KILL_AT && KILL_WHEN === 'after') await die()
    },
  })
}

const docker = dockerTargets(process.env)
const target: TargetDriverFactory =
  KILL_AT === undefined ? docker : { ...docker, open: async (connection) => deadly(await docker.open(connection)) }
const config = loadConfig(process.env)
const server = await startServer({
  config,
  log: createLogger(process.env.TEST_LOG ?? 'silent'),
  databaseUrl: config.databaseUrl ?? '',
  version: '0.0.0-test',
  targetDrivers: { docker: target },
})
process.stdout.write('ready\n')
process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)))
