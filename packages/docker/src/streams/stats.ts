import type { StatsSample } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import { isConflict, isNotFound } from '../api/errors.ts'
import { jsonLines } from '../api/jsonlines.ts'
import type { Labels } from '../api/types.ts'
import { LABEL } from '../labels.ts'
import { engineEvents } from './events.ts'
import { listMembers, type Member, memberOf } from './members.ts'
import { BoundedQueue } from './merge.ts'

/** The engine's own sample, as far as it is used. */
export interface EngineStats {
  readonly read: string
  readonly cpu_stats: CpuStats
  readonly precpu_stats: CpuStats
  readonly memory_stats: {
    readonly usage?: number
    readonly limit?: number
    readonly stats?: Readonly<Record<string, number>>
  }
  readonly networks?: Readonly<Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>> | null
  readonly blkio_stats: {
    readonly io_service_bytes_recursive?: readonly { readonly op: string; readonly value: number }[] | null
  }
  readonly pids_stats: { readonly current?: number }
}

interface CpuStats {
  readonly cpu_usage: { readonly total_usage: number; readonly percpu_usage?: readonly number[] | null }
  readonly system_cpu_usage?: number
  readonly online_cpus?: number
}

/** A sample per second and running container, also of those started meanwhile, until the signal aborts. */
export async function* projectStats(
  engine: EngineClient,
  project: string,
  signal: AbortSignal,
): AsyncGenerator<StatsSample, void, undefined> {
  const ended = new AbortController()
  const both = AbortSignal.any([signal, ended.signal])
  const queue = new BoundedQueue<StatsSample>()
  const open = new Set<string>()
  const fail = (reason: unknown) => queue.close({ reason })
  const attach = async (member: Member) => {
    if (open.has(member.id)) return
    open.add(member.id)
    try {
      for await (const sample of containerStats(engine, member, true, both)) if (!(await queue.put(sample))) return
    } finally {
      open.delete(member.id)
    }
  }
  const attachRunning = async () => {
    for (const member of await listMembers(engine, project, undefined, both))
      if (member.state === 'running') attach(member).catch(fail)
  }
  const watch = async () => {
    const filters = { type: ['container'], event: ['start'], label: [`${LABEL.project}=${project}`] }
    const connected = () => void attachRunning().catch(fail)
    for await (const event of engineEvents(engine, filters, both, { connected })) {
      const attributes: Labels | null = event.Actor.Attributes
      const member = memberOf(event.Actor.ID, attributes?.name ?? '', attributes, undefined)
      if (member !== undefined) attach(member).catch(fail)
    }
  }
  watch().catch(fail)
  try {
    yield* queue
  } finally {
    ended.abort()
  }
}

/** One sample of each running container, taken at the same time: about a second, as use of the CPU is a difference. */
export async function projectStatsOnce(
  engine: EngineClient,
  project: string,
  signal: AbortSignal,
): Promise<readonly StatsSample[]> {
  const members = (await listMembers(engine, project, undefined, signal)).filter(({ state }) => state === 'running')
  const samples = await Promise.all(
    members.map(async (member) => {
      for await (const sample of containerStats(engine, member, false, signal)) return [sample]
      return []
    }),
  )
  return samples.flat()
}

async function* containerStats(
  engine: EngineClient,
  member: Member,
  stream: boolean,
  signal: AbortSignal,
): AsyncGenerator<StatsSample, void, undefined> {
  try {
    const answer = await engine.stream('GET', `/containers/${member.id}/stats`, { query: { stream }, signal })
    let first = stream
    for await (const stats of jsonLines<EngineStats>(answer)) {
      // The first one of a stream has nothing to take the difference to; a stopped container has no time.
      const usable = !first && !stats.read.startsWith('0001-')
      first = false
      if (usable) yield sampleOf(member, stats)
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (!isNotFound(error) && !isConflict(error)) throw error
  }
}

/** The engine's counters in the units of a `StatsSample`. */
export function sampleOf(member: Pick<Member, 'service' | 'instance'>, stats: EngineStats): StatsSample {
  const { cpu_stats: cpu, precpu_stats: before, memory_stats: memory } = stats
  const used = cpu.cpu_usage.total_usage - before.cpu_usage.total_usage
  const all = (cpu.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0)
  const cores = cpu.online_cpus || cpu.cpu_usage.percpu_usage?.length || 1
  const networks = Object.values(stats.networks ?? {})
  const blocks = stats.blkio_stats.io_service_bytes_recursive ?? []
  const blockBytes = (op: string) =>
    sum(blocks.filter((entry) => entry.op.toLowerCase() === op).map(({ value }) => value))
  return {
    service: member.service,
    instance: member.instance,
    time: stats.read,
    cpu: used > 0 && all > 0 ? (used / all) * cores : 0,
    memoryBytes: memoryWithoutCache(memory),
    memoryLimitBytes: memory.limit ?? 0,
    networkRxBytes: sum(networks.map(({ rx_bytes }) => rx_bytes)),
    networkTxBytes: sum(networks.map(({ tx_bytes }) => tx_bytes)),
    blockReadBytes: blockBytes('read'),
    blockWriteBytes: blockBytes('write'),
    pids: stats.pids_stats.current ?? 0,
  }
}

/** Pages the kernel would give back first are no use of the container: `total_inactive_file` of cgroup v1,
 * `inactive_file` of v2. */
function memoryWithoutCache(memory: EngineStats['memory_stats']): number {
  const usage = memory.usage ?? 0
  const cache = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0
  return cache < usage ? usage - cache : usage
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
