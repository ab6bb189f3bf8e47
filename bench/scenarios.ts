import type { Side } from './side.ts'

/** Something both programs do, repeated in pairs. */
export interface Scenario {
  /** Services in the Compose file. */
  readonly services: number
  /** What is measured, by the name under which `round` returns it. */
  readonly measures: Readonly<Record<string, Measure>>
  /** Once a side, before the first round. */
  readonly prepare?: (side: Side) => Promise<void>
  /** Milliseconds of each measure. */
  readonly round: (side: Side, number: number) => Promise<Readonly<Record<string, number>>>
}

export interface Measure {
  readonly title: string
  /** Highest ratio to Docker Compose that is within budget (design, section 11); absent where there is none. */
  readonly budget?: number
}

/** Every scenario, in the order in which they are run and shown. `gates`: with the wait for health, without, or both. */
export function scenarios(sizes: readonly number[], gates: readonly boolean[]): Scenario[] {
  return [
    config(10),
    ...gates.flatMap((gate) => [
      ...sizes.map((services) => firstUp(services, gate)),
      unchanged(10, gate),
      changed(10, gate),
    ]),
  ]
}

const words = (gate: boolean) => (gate ? '`up` : `up -d --wait`' : '`up --no-gate` : `up -d`')

function config(services: number): Scenario {
  return {
    services,
    measures: { config: { title: `config, ${services} services`, budget: 1 } },
    round: async (side) => ({ config: await side.time(['config', '--quiet']) }),
  }
}

function firstUp(services: number, gate: boolean): Scenario {
  return {
    services,
    measures: {
      up: { title: `first up, ${services} services, ${words(gate)}`, budget: 1 },
      // Both ways of `up` are taken down the same way: once is enough.
      ...(gate ? { down: { title: `down, ${services} services` } } : {}),
    },
    prepare: (side) => side.wipe(),
    async round(side) {
      const up = await side.time(side.up(gate))
      await mustRun(side, services)
      const down = await side.time(['down'])
      await side.wipe()
      return gate ? { up, down } : { up }
    },
  }
}

function unchanged(services: number, gate: boolean): Scenario {
  return {
    services,
    measures: { same: { title: `nothing changed, ${services} services, ${words(gate)}`, budget: 0.8 } },
    async prepare(side) {
      await side.wipe()
      await side.time(side.up(true))
    },
    round: async (side) => ({ same: await side.time(side.up(gate)) }),
  }
}

function changed(services: number, gate: boolean): Scenario {
  return {
    services,
    measures: { one: { title: `one of ${services} changed, ${words(gate)}`, budget: 0.8 } },
    async prepare(side) {
      await side.wipe()
      await side.time(side.up(true))
    },
    async round(side, number) {
      const one = await side.time(side.up(gate), { REVISION: String(number + 1) })
      await mustRun(side, services)
      return { one }
    },
  }
}

async function mustRun(side: Side, services: number): Promise<void> {
  const running = await side.running()
  if (running !== services) throw new Error(`${side.program}: ${running} of ${services} containers run after up`)
}
