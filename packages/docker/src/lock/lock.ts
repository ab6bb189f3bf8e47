import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError, type Lock, LockedError, type LockOwner } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import { isNotFound } from '../api/errors.ts'
import { createVolume, inspectVolume, listVolumes, removeVolume } from '../api/volumes.ts'
import { type Holder, holderLabels, holderOf, liveness, newHolder, retire } from './owner.ts'
import { settle } from './settle.ts'

export interface LockTimes {
  /** Between two signs of life of a holder. */
  readonly beatMs: number
  /** Without a sign of life for this long, by the clock of whoever waits, a holder on another host is dead. */
  readonly deadMs: number
}

const LOCK_TIMES: LockTimes = { beatMs: 2000, deadMs: 10_000 }

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 500
const REQUEST_MS = 30_000

/**
 * One lock per engine and project, kept on the engine: creating a volume gives back the one of that name if there is
 * one, so its labels tell who came first. A holder that died is noticed at once on its own host, and by its missing
 * signs of life (further volumes) elsewhere.
 *
 * Volumes are removed by name, whoever holds them by then. So nobody removes a lock of D but whoever holds the lock for
 * taking over from D, which is a lock like any other; D itself only while it is sure that nobody takes it for dead.
 *
 * @param waitMs how long to wait for the holder to end
 * @throws LockedError naming the holder
 */
export async function takeLock(
  engine: EngineClient,
  project: string,
  owner: LockOwner,
  waitMs: number,
  signal: AbortSignal,
  times: LockTimes = LOCK_TIMES,
): Promise<Lock> {
  const holder = newHolder(owner.description)
  const attempt: Attempt = { engine, project, holder, deadline: Date.now() + waitMs, signal, times }
  let inherited: boolean
  try {
    inherited = await acquire(attempt, `windflow-lock-${project}`)
  } catch (error) {
    retire(holder)
    throw error
  }
  const lock = new HeldLock(attempt, `windflow-lock-${project}`)
  if (!inherited) return lock
  try {
    await settle(engine, project, signal)
  } catch (error) {
    await lock.release()
    throw error
  }
  return lock
}

interface Attempt {
  readonly engine: EngineClient
  readonly project: string
  readonly holder: Holder
  readonly deadline: number
  readonly signal: AbortSignal
  readonly times: LockTimes
}

/** Resolves with whether it was taken over from the dead. */
async function acquire(attempt: Attempt, name: string): Promise<boolean> {
  const signs = new SignsOfLife(attempt, name)
  let inherited = false
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    attempt.signal.throwIfAborted()
    const holder = await currentHolder(attempt, name)
    if (holder.nonce === attempt.holder.nonce) {
      if (!attempt.signal.aborted) return inherited
      await removeIfThere(attempt.engine, name)
      throw attempt.signal.reason
    }
    if (await signs.areMissing(holder)) {
      await takeOver(attempt, name, holder)
      inherited = true
      continue
    }
    if (Date.now() >= attempt.deadline) throw new LockedError(attempt.project, holder.description)
    await sleep(pause, undefined, { signal: attempt.signal })
  }
}

/** Whoever holds it now: we do, when nobody did. Not broken off by a cancel: nobody would know whether we do. */
async function currentHolder(attempt: Attempt, name: string): Promise<Holder> {
  const { engine, holder } = attempt
  const body = { Name: name, Labels: holderLabels(holder) }
  const volume = await inTime((limit) => createVolume(engine, body, limit))
  // An engine that was restarted tells no labels of a volume until somebody looked at it.
  const found = holderOf(volume.Labels) ?? (await holderOfVolume(attempt, name))
  if (found) return found
  throw new LockedError(name, `a volume called ${name}, which no WindFlow has made`)
}

async function takeOver(attempt: Attempt, name: string, dead: Holder): Promise<void> {
  const takeover = `windflow-takeover-${attempt.project}-${dead.nonce}`
  await acquire(attempt, takeover)
  try {
    // Somebody else may have taken over from it before.
    if ((await holderOfVolume(attempt, name))?.nonce === dead.nonce) await removeIfThere(attempt.engine, name)
    await removeBeats(attempt.engine, name, dead.nonce)
  } finally {
    await removeIfThere(attempt.engine, takeover)
  }
}

async function holderOfVolume({ engine, signal }: Attempt, name: string): Promise<Holder | undefined> {
  try {
    return holderOf((await inspectVolume(engine, name, signal)).Labels)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** What one waiter knows of the holder's signs of life. */
class SignsOfLife {
  readonly #attempt: Attempt
  readonly #name: string
  #last = ''
  #since = 0

  constructor(attempt: Attempt, name: string) {
    this.#attempt = attempt
    this.#name = name
  }

  async areMissing(holder: Holder): Promise<boolean> {
    const state = liveness(holder)
    if (state !== 'unknown') return state === 'dead'
    const beats = await listBeats(this.#attempt.engine, this.#name, holder.nonce)
    const sign = `${holder.nonce} ${beats.sort().at(-1) ?? ''}`
    if (sign !== this.#last) {
      this.#last = sign
      this.#since = performance.now()
    }
    return performance.now() - this.#since >= this.#attempt.times.deadMs
  }
}

class HeldLock implements Lock {
  readonly #attempt: Attempt
  readonly #name: string
  readonly #lost = new AbortController()
  readonly #timer: NodeJS.Timeout
  #beat = 0
  #lastBeat = timeNow()
  #beating: Promise<void> = Promise.resolve()
  #released = false

  constructor(attempt: Attempt, name: string) {
    this.#attempt = { ...attempt, signal: this.#lost.signal, deadline: Number.POSITIVE_INFINITY }
    this.#name = name
    this.#timer = setInterval(() => {
      this.#beating = this.#beating.then(() => this.#giveSign())
    }, attempt.times.beatMs)
    this.#timer.unref()
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  async release(): Promise<void> {
    if (this.#released) return
    this.#released = true
    clearInterval(this.#timer)
    try {
      await this.#beating
      if (this.#lost.signal.aborted) return
      if (this.#mayBeTakenForDead() && !(await this.#verify())) return
      await removeIfThere(this.#attempt.engine, this.#name)
      if (this.#beat > 0) await removeIfThere(this.#attempt.engine, this.#beatName(this.#beat))
    } finally {
      retire(this.#attempt.holder)
    }
  }

  async confirm(): Promise<void> {
    if (this.#lost.signal.aborted || !this.#mayBeTakenForDead()) return
    this.#beating = this.#beating.then(() => this.#giveSign())
    await this.#beating
    if (this.#lost.signal.aborted || !this.#mayBeTakenForDead()) return
    throw new EngineError(
      'lock-in-doubt',
      `whether the lock on project "${this.#attempt.project}" still holds is not known`,
      {
        class: 'transient',
        hint: 'the engine did not answer for a while; see what runs, and try again',
      },
    )
  }

  async #giveSign(): Promise<void> {
    if (this.#released || this.#lost.signal.aborted) return
    try {
      if (this.#mayBeTakenForDead() && !(await this.#verify())) return
      // Made again in case somebody cleared unused volumes away.
      const holder = await currentHolder(this.#attempt, this.#name)
      if (holder.nonce !== this.#attempt.holder.nonce) return this.#lose(holder.description)
      this.#beat += 1
      const body = { Name: this.#beatName(this.#beat), Labels: { 'windflow.lock': 'beat' } }
      await inTime((limit) => createVolume(this.#attempt.engine, body, limit))
      this.#lastBeat = timeNow()
      if (this.#beat > 1) await removeIfThere(this.#attempt.engine, this.#beatName(this.#beat - 1))
    } catch {
      // An engine that does not answer gives nobody else the lock either. The next sign finds out.
    }
  }

  /** After a long pause (a suspended machine), others may be taking over right now. */
  #mayBeTakenForDead(): boolean {
    const now = timeNow()
    const quiet = Math.max(now.awake - this.#lastBeat.awake, now.clock - this.#lastBeat.clock)
    return quiet > this.#attempt.times.deadMs / 2
  }

  /** With the right to take over from ourselves, nobody else can. */
  async #verify(): Promise<boolean> {
    const takeover = `windflow-takeover-${this.#attempt.project}-${this.#attempt.holder.nonce}`
    await acquire(this.#attempt, takeover)
    try {
      const holder = await currentHolder(this.#attempt, this.#name)
      if (holder.nonce !== this.#attempt.holder.nonce) {
        this.#lose(holder.description)
        return false
      }
      this.#lastBeat = timeNow()
      return true
    } finally {
      await removeIfThere(this.#attempt.engine, takeover)
    }
  }

  #lose(to: string): void {
    clearInterval(this.#timer)
    this.#lost.abort(new LockedError(this.#attempt.project, to))
  }

  #beatName(beat: number): string {
    return `${beatPrefix(this.#name, this.#attempt.holder.nonce)}${String(beat).padStart(8, '0')}`
  }
}

/** One stands still while the machine sleeps, the other may be set back. */
function timeNow(): { readonly awake: number; readonly clock: number } {
  return { awake: performance.now(), clock: Date.now() }
}

/** A request on which the lock depends ends with the operation or not: an engine that hangs must not hold it for ever. */
async function inTime<T>(request: (limit: AbortSignal) => Promise<T>): Promise<T> {
  const limit = AbortSignal.timeout(REQUEST_MS)
  try {
    return await request(limit)
  } catch (error) {
    if (!limit.aborted) throw error
    throw new EngineError('engine-timeout', `the engine gave no answer within ${REQUEST_MS / 1000} s about a lock`, {
      class: 'transient',
      hint: 'the engine hangs or is overloaded',
    })
  }
}

function beatPrefix(name: string, nonce: string): string {
  return `${name}.${nonce}.`
}

async function listBeats(engine: EngineClient, name: string, nonce: string): Promise<string[]> {
  const prefix = beatPrefix(name, nonce)
  const volumes = await listVolumes(engine, { name: [prefix] })
  return volumes.map(({ Name }) => Name).filter((found) => found.startsWith(prefix))
}

async function removeBeats(engine: EngineClient, name: string, nonce: string): Promise<void> {
  for (const beat of await listBeats(engine, name, nonce)) await removeIfThere(engine, beat)
}

async function removeIfThere(engine: EngineClient, name: string): Promise<void> {
  try {
    await inTime((limit) => removeVolume(engine, name, {}, limit))
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
