import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError, type TargetEvent } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import { jsonLines } from '../api/jsonlines.ts'
import { listNetworks } from '../api/networks.ts'
import type { EngineEvent, Filters } from '../api/types.ts'
import { listVolumes } from '../api/volumes.ts'
import { LABEL } from '../labels.ts'

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5000

/** Not the `exec_*` ones: every run of a health check makes three of them. */
const ACTIONS = [
  'create',
  'start',
  'restart',
  'stop',
  'kill',
  'die',
  'oom',
  'pause',
  'unpause',
  'rename',
  'update',
  'destroy',
  'health_status',
  'connect',
  'disconnect',
  'remove',
] as const

/**
 * Events of the engine, over as many connections as it takes: when one breaks, the next continues from where it was,
 * with nothing twice. What happened while the engine itself was restarting is lost, as the engine keeps no history.
 * @param since seconds since 1970; absent: from now
 * @param connected called each time a connection stands: what changed before it must be looked up
 */
export async function* engineEvents(
  engine: EngineClient,
  filters: Filters,
  signal: AbortSignal,
  options: { readonly since?: number; readonly connected?: () => void } = {},
): AsyncGenerator<EngineEvent, void, undefined> {
  const began = Math.floor(Date.now() / 1000)
  let since = options.since
  let seen = new Set<string>()
  let pause = FIRST_PAUSE_MS
  let first = true
  while (true) {
    try {
      const answer = await engine.stream('GET', '/events', { query: { filters, since }, signal })
      first = false
      options.connected?.()
      for await (const event of jsonLines<EngineEvent>(answer)) {
        pause = FIRST_PAUSE_MS
        const key = `${event.timeNano}/${event.Type}/${event.Action}/${event.Actor.ID}`
        if (seen.has(key)) continue
        // `since` has whole seconds only: the ones of the last second come again and are told apart by their key.
        if (since !== event.time) seen = new Set()
        seen.add(key)
        since = event.time
        yield event
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (first || (error instanceof EngineError && error.class === 'user')) throw error
    }
    // Nothing seen yet: what happened since the first connection is still to come.
    since ??= began
    await sleep(pause, undefined, { signal }).catch(() => {
      throw signal.reason
    })
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }
}

/** What happens to a project's containers, networks and volumes, until the signal aborts. */
export async function* projectEvents(
  engine: EngineClient,
  project: string,
  signal: AbortSignal,
): AsyncGenerator<TargetEvent, void, undefined> {
  // An engine's network and volume events carry no labels: their names say what belongs to the project.
  const owned = new Owned(engine, project, signal)
  const filters = { type: ['container', 'network', 'volume'], event: ACTIONS }
  await owned.refresh()
  for await (const event of engineEvents(engine, filters, signal)) {
    const attributes = event.Actor.Attributes ?? {}
    const time = new Date(event.timeNano / 1e6).toISOString()
    const { Action: action } = event
    if (event.Type === 'container') {
      if (attributes[LABEL.project] !== project) continue
      const service = attributes[LABEL.service]
      yield { time, resource: 'container', action, id: event.Actor.ID, ...(service !== undefined && { service }) }
    } else if (event.Type === 'network' || event.Type === 'volume') {
      const name = event.Type === 'network' ? (attributes.name ?? event.Actor.ID) : event.Actor.ID
      if (await owned.has(event.Type, name, action)) yield { time, resource: event.Type, action, id: event.Actor.ID }
    }
  }
}

class Owned {
  readonly #engine: EngineClient
  readonly #project: string
  readonly #signal: AbortSignal
  readonly #names = new Set<string>()

  constructor(engine: EngineClient, project: string, signal: AbortSignal) {
    this.#engine = engine
    this.#project = project
    this.#signal = signal
  }

  async refresh(): Promise<void> {
    const filters = { label: [`${LABEL.project}=${this.#project}`] }
    const [networks, volumes] = await Promise.all([
      listNetworks(this.#engine, filters, this.#signal),
      listVolumes(this.#engine, filters, this.#signal),
    ])
    for (const network of networks) this.#names.add(`network/${network.Name}`)
    for (const volume of volumes) this.#names.add(`volume/${volume.Name}`)
  }

  async has(kind: 'network' | 'volume', name: string, action: string): Promise<boolean> {
    if (action === 'create' && !this.#names.has(`${kind}/${name}`)) await this.refresh()
    return this.#names.has(`${kind}/${name}`)
  }
}
