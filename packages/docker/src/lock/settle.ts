import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineClient } from '../api/client.ts'
import { inspectContainer } from '../api/containers.ts'
import { isNotFound } from '../api/errors.ts'
import { jsonLines } from '../api/jsonlines.ts'
import type { EngineEvent } from '../api/types.ts'

/** As long as an engine takes for what it does at once, and to tell what it remembers. */
const LISTEN_MS = 400
const POLL_MS = 50
/** The engine's own, where a container says nothing. */
const GRACE_SECONDS = 10
const REMEMBERED_SECONDS = 3600
/** Signals that ask a process for something else than to end: hang-up, the two of the user, window change. */
const HARMLESS = /^(1|10|12|28)$/

/**
 * Waits for what a process that died had asked the engine for: the engine carries it out all the same. A stop is the
 * one that takes long, and a container that is being stopped looks like any other that runs.
 */
export async function settle(engine: EngineClient, project: string, signal: AbortSignal): Promise<void> {
  const stopping = await beingStopped(engine, project, signal)
  await Promise.all(stopping.map((container) => untilStopped(engine, container, signal)))
}

/** Ids of containers that were sent a signal and neither ended nor started since. */
async function beingStopped(engine: EngineClient, project: string, signal: AbortSignal): Promise<string[]> {
  const last = new Map<string, EngineEvent>()
  const filters = {
    type: ['container'],
    event: ['kill', 'die', 'start'],
    label: [`com.docker.compose.project=${project}`],
  }
  const since = Math.floor(Date.now() / 1000) - REMEMBERED_SECONDS
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LISTEN_MS)])
  try {
    const answer = await engine.stream('GET', '/events', { query: { since, filters }, signal: limit })
    for await (const event of jsonLines<EngineEvent>(answer)) last.set(event.Actor.ID, event)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (!limit.aborted) throw error
  }
  return [...last.values()]
    .filter(({ Action, Actor }) => Action === 'kill' && !HARMLESS.test(Actor.Attributes?.signal ?? ''))
    .map(({ Actor }) => Actor.ID)
}

async function untilStopped(engine: EngineClient, container: string, signal: AbortSignal): Promise<void> {
  const begun = Date.now()
  try {
    while (true) {
      const { State, Config } = await inspectContainer(engine, container, signal)
      const grace = typeof Config.StopTimeout === 'number' ? Config.StopTimeout : GRACE_SECONDS
      if (!State.Running || Date.now() - begun > (grace + 1) * 1000) return
      await sleep(POLL_MS, undefined, { signal })
    }
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
