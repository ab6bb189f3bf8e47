import { randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import type { Labels } from '../api/types.ts'

const PREFIX = 'windflow.lock.'

/** Who holds a lock, as its volume's labels say. */
export interface Holder {
  /** Unique for each time a lock is asked for. */
  readonly nonce: string
  readonly description: string
  /** Boot and process namespace: processes of equal ones can see each other. Absent where the system does not say. */
  readonly place?: string
  readonly pid: number
  /** In clock ticks since the boot: tells a process from a later one that got the same number. */
  readonly pidStart?: string
}

/** Nonces of this process that still stand for something: a server outlives locks whose removal has failed. */
const inUse = new Set<string>()

/** A holder of this process, alive until it is retired. */
export function newHolder(description: string): Holder {
  const place = processPlace()
  const pidStart = startTicks(process.pid)
  const nonce = randomBytes(8).toString('hex')
  inUse.add(nonce)
  return {
    nonce,
    description,
    pid: process.pid,
    ...(place !== undefined && { place }),
    ...(pidStart !== undefined && { pidStart }),
  }
}

/** From now on, what it may have left behind is that of a dead one. */
export function retire(holder: Holder): void {
  inUse.delete(holder.nonce)
}

export function holderLabels(holder: Holder): Labels {
  const labels: Record<string, string> = {}
  for (const [name, value] of Object.entries(holder)) labels[PREFIX + name] = String(value)
  return labels
}

/** Undefined for a volume that is no lock. */
export function holderOf(labels: Labels | null): Holder | undefined {
  const nonce = labels?.[`${PREFIX}nonce`]
  if (!labels || nonce === undefined) return undefined
  const place = labels[`${PREFIX}place`]
  const pidStart = labels[`${PREFIX}pidStart`]
  return {
    nonce,
    description: labels[`${PREFIX}description`] ?? 'somebody',
    pid: Number(labels[`${PREFIX}pid`] ?? 0),
    ...(place !== undefined && { place }),
    ...(pidStart !== undefined && { pidStart }),
  }
}

/** Certainty where both processes are of one place; 'unknown' for a holder elsewhere, which only time can tell. */
export function liveness(holder: Holder): 'alive' | 'dead' | 'unknown' {
  if (holder.place === undefined || holder.pidStart === undefined || holder.place !== processPlace()) return 'unknown'
  if (startTicks(holder.pid) !== holder.pidStart) return 'dead'
  return holder.pid !== process.pid || inUse.has(holder.nonce) ? 'alive' : 'dead'
}

/** Containers share the boot of their host but see other processes: hence the namespace. */
function processPlace(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return undefined
  }
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)); the second may hold spaces and brackets. A zombie is no process. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
