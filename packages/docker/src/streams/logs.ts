import { setTimeout as sleep } from 'node:timers/promises'
import type { LogLine, LogOptions } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import { inspectContainer } from '../api/containers.ts'
import { isConflict, isNotFound } from '../api/errors.ts'
import { LABEL } from '../labels.ts'
import { demultiplex } from './demultiplex.ts'
import { engineEvents } from './events.ts'
import { LineJoiner } from './lines.ts'
import { listMembers, type Member, memberOf } from './members.ts'
import { BoundedQueue } from './merge.ts'
import { engineTime } from './time.ts'

const REREAD_PAUSE_MS = 100

interface Range {
  readonly since: string | undefined
  readonly until: string | undefined
  readonly tail: number | undefined
}

/**
 * Lines of the project's containers. Reading slowly slows the engine down; nothing is collected.
 *
 * Without `follow`: all of the past, in the order of time over all containers. With `follow`: lines as they come, also of
 * containers that are started meanwhile, until none is running or about to (or the signal aborts).
 * A container whose logging driver cannot be read gives one line that says so.
 */
export async function* projectLogs(
  engine: EngineClient,
  project: string,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogLine, void, undefined> {
  const now = Date.now()
  const range: Range = {
    since: options.since === undefined ? undefined : engineTime(options.since, now),
    until: options.until === undefined ? undefined : engineTime(options.until, now),
    tail: options.tail,
  }
  // Ends the connections also when the reader leaves early.
  const ended = new AbortController()
  const both = AbortSignal.any([signal, ended.signal])
  const lines = options.follow
    ? new Following(engine, project, options.services, range, both)
    : pastLines(engine, project, options.services, range, both)
  try {
    for await (const { time, ...line } of lines)
      yield options.timestamps && time !== undefined ? { ...line, time } : line
  } finally {
    ended.abort()
  }
}

async function* pastLines(
  engine: EngineClient,
  project: string,
  services: readonly string[] | undefined,
  range: Range,
  signal: AbortSignal,
): AsyncGenerator<LogLine, void, undefined> {
  const members = await listMembers(engine, project, services, signal)
  const sources = members.map((member) => containerLines(engine, member, range, false, signal))
  const heads = await Promise.all(sources.map((source) => source.next()))
  while (true) {
    let earliest = -1
    for (const [index, head] of heads.entries()) {
      if (head.done) continue
      const best = heads[earliest]
      if (best === undefined || best.done || (head.value.time ?? '') < (best.value.time ?? '')) earliest = index
    }
    const head = heads[earliest]
    const source = sources[earliest]
    if (head === undefined || head.done || source === undefined) return
    yield head.value
    heads[earliest] = await source.next()
  }
}

/** Lines of one container; none when it is gone. */
async function* containerLines(
  engine: EngineClient,
  member: Member,
  range: Range,
  follow: boolean,
  signal: AbortSignal,
  unreadable: () => void = () => undefined,
): AsyncGenerator<LogLine, void, undefined> {
  const { service, instance, container } = member
  const said = (line: {
    readonly stream: LogLine['stream']
    readonly text: string
    readonly time?: string
  }): LogLine => ({
    service,
    instance,
    container,
    ...line,
  })
  try {
    const raw = (await inspectContainer(engine, member.id, signal)).Config.Tty
    const query = { ...range, follow, stdout: true, stderr: true, timestamps: true }
    const answer = await engine.stream('GET', `/containers/${member.id}/logs`, { query, signal })
    const joiner = new LineJoiner({ timed: true, raw })
    for await (const piece of demultiplex(answer, raw)) for (const line of joiner.add(piece)) yield said(line)
    for (const line of joiner.end()) yield said(line)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    // Removed meanwhile: what it wrote is gone with it.
    if (isNotFound(error) || isConflict(error)) return
    if (!(error instanceof Error) || !/does not support reading/.test(error.message)) throw error
    unreadable()
    yield said({ stream: 'stderr', text: `(the logs of ${container} cannot be read: ${error.message})` })
  }
}

class Following implements AsyncIterable<LogLine> {
  readonly #engine: EngineClient
  readonly #project: string
  readonly #services: readonly string[] | undefined
  readonly #range: Range
  readonly #signal: AbortSignal
  readonly #queue = new BoundedQueue<LogLine>()
  readonly #open = new Set<string>()
  /** Time of the last line of each container, to go on after it when it is started again. */
  readonly #last = new Map<string, string>()
  /** Started again before its previous stream had ended. */
  readonly #again = new Set<string>()
  /** What they write is kept nowhere: to read them again would only say so again. */
  readonly #unreadable = new Set<string>()

  constructor(
    engine: EngineClient,
    project: string,
    services: readonly string[] | undefined,
    range: Range,
    signal: AbortSignal,
  ) {
    this.#engine = engine
    this.#project = project
    this.#services = services
    this.#range = range
    this.#signal = signal
  }

  [Symbol.asyncIterator](): AsyncIterator<LogLine, void, undefined> {
    const fail = () => this.#queue.close({ reason: this.#signal.reason })
    if (this.#signal.aborted) fail()
    else {
      this.#signal.addEventListener('abort', fail, { once: true })
      this.#watch().catch((reason: unknown) => this.#queue.close({ reason }))
    }
    return this.#queue
  }

  async #watch(): Promise<void> {
    const filters = { type: ['container'], event: ['start'], label: [`${LABEL.project}=${this.#project}`] }
    const connected = () => {
      this.#attachAll().catch((reason: unknown) => this.#queue.close({ reason }))
    }
    for await (const event of engineEvents(this.#engine, filters, this.#signal, { connected })) {
      const attributes = event.Actor.Attributes
      const member = memberOf(event.Actor.ID, attributes?.name ?? '', attributes, this.#services)
      if (member !== undefined) this.#attach(member)
    }
  }

  async #attachAll(): Promise<void> {
    for (const member of await listMembers(this.#engine, this.#project, this.#services, this.#signal))
      if (member.state !== 'created') this.#attach(member)
    await this.#endWhenIdle()
  }

  #attach(member: Member): void {
    if (this.#unreadable.has(member.id)) return
    if (this.#open.has(member.id)) {
      this.#again.add(member.id)
      return
    }
    this.#open.add(member.id)
    this.#copy(member)
      .finally(() => this.#open.delete(member.id))
      .then(() => {
        if (this.#again.delete(member.id)) this.#attach(member)
        else return this.#endWhenIdle()
      })
      .catch((reason: unknown) => this.#queue.close({ reason }))
  }

  async #copy(member: Member): Promise<void> {
    const last = this.#last.get(member.id)
    const range =
      last === undefined ? this.#range : { since: engineTime(last, 0), until: this.#range.until, tail: undefined }
    const unreadable = () => void this.#unreadable.add(member.id)
    for await (const line of containerLines(this.#engine, member, range, true, this.#signal, unreadable)) {
      // `since` is inclusive.
      if (last !== undefined && line.time !== undefined && line.time <= last) continue
      if (line.time !== undefined) this.#last.set(member.id, line.time)
      if (!(await this.#queue.put(line))) return
    }
  }

  /** A container that waits for its start counts: an update creates the new one before it stops the old one. The
   * engine ends a stream a moment before it says that the container has exited: one that still seems to run is read
   * again, which also finds what was started while no events came. */
  async #endWhenIdle(): Promise<void> {
    if (this.#open.size > 0) return
    if (this.#range.until !== undefined) return this.#queue.close()
    const members = await listMembers(this.#engine, this.#project, this.#services, this.#signal)
    const live = members.filter(
      ({ id, state }) => state !== 'exited' && state !== 'dead' && state !== 'removing' && !this.#unreadable.has(id),
    )
    if (live.length === 0 && this.#open.size === 0) return this.#queue.close()
    const running = live.filter(({ state }) => state !== 'created')
    if (running.length > 0) await sleep(REREAD_PAUSE_MS, undefined, { signal: this.#signal })
    for (const member of running) if (!this.#open.has(member.id)) this.#attach(member)
  }
}
