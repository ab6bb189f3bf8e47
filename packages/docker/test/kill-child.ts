/**
 * A process that deploys and is killed at one step. Its standard input is a `KillOrder`. Ends by itself, with code 3, only
 * when the step never came.
 */
import { text } from 'node:stream/consumers'
import { type Desired, deploy, type Step, type StepContext } from '@windflow/engine'
import { EngineClient } from '../src/api/client.ts'
import { DockerDriver } from '../src/driver.ts'
import { NO_CREDENTIALS } from '../src/images/credentials.ts'
import { unixDialer } from '../src/targets/unix.ts'

export interface KillOrder {
  readonly socket: string
  readonly desired: Desired
  readonly previous?: Desired
  /** As `killPoint` writes it. */
  readonly step: string
  readonly when: 'before' | 'after'
}

/** The name of a step without ids of containers and name of the project, which are others each time. */
export function killPoint(id: string): string {
  return id.replaceAll(/\b[0-9a-f]{12}\b/g, 'ID').replace(/\/project\/.*$/, '/project')
}

class MortalDriver extends DockerDriver {
  readonly #order: KillOrder

  constructor(order: KillOrder) {
    super({
      client: new EngineClient(unixDialer(order.socket)),
      credentials: NO_CREDENTIALS,
      local: true,
      environment: {},
      proxies: async () => ({}),
    })
    this.#order = order
  }

  override async perform(step: Step, context: StepContext): Promise<void> {
    const here = killPoint(step.id) === this.#order.step
    if (here && this.#order.when === 'before') process.kill(process.pid, 'SIGKILL')
    await super.perform(step, context)
    if (here) process.kill(process.pid, 'SIGKILL')
  }
}

if (import.meta.main) {
  const order = JSON.parse(await text(process.stdin)) as KillOrder
  const driver = new MortalDriver(order)
  const { desired, previous } = order
  const result = await deploy(
    driver,
    { desired, options: {}, ...(previous && { previous }) },
    { signal: new AbortController().signal, owner: `victim (pid ${process.pid})`, waitMs: 60_000 },
  )
  process.stdout.write(JSON.stringify(result.outcome))
  process.exitCode = 3
  await driver.close()
}
