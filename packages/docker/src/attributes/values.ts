import { EngineError } from '@windflow/engine'

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

/** Nanoseconds of a duration as the model writes it (`1m30s`, `1.5s`), the unit of the Engine API. */
export function nanoseconds(duration: string): number {
  let total = 0
  for (const [, amount, unit] of duration.matchAll(/([0-9.]+)(ns|us|µs|ms|s|m|h)/g))
    total += Number(amount) * (NANOSECONDS[unit ?? ''] ?? 0)
  return Math.round(total)
}

/** A duration as the model writes it (`1m30s`, `500ms`), of nanoseconds. */
export function durationText(total: number): string {
  const parts: string[] = []
  let left = total
  for (const unit of ['h', 'm', 's', 'ms', 'us', 'ns']) {
    const size = NANOSECONDS[unit] ?? 1
    const count = Math.trunc(left / size)
    if (count > 0) parts.push(`${count}${unit}`)
    left -= count * size
  }
  return parts.join('') || '0s'
}

/** Bytes are digits in the model and numbers on the wire. */
export function bytes(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits)
}

/** Billionths of a processor. Compose computes with single precision, and so must we to ask for the same number. */
export function nanoCpus(cpus: number): number {
  return Math.trunc(Math.fround(Math.fround(cpus) * Math.fround(1e9)))
}

/** Hundredths of a per cent, with the same single precision. */
export function hundredths(percent: number): number {
  return Math.trunc(Math.fround(Math.fround(percent) * 100))
}

/** `K=V` entries, or `K` for a variable that is to be taken away or inherited. */
export function entries(map: Readonly<Record<string, string | null>>, separator = '='): string[] {
  return Object.entries(map).map(([key, value]) => (value === null ? key : `${key}${separator}${value}`))
}

/** The map of `K=V` entries; null for an entry without a separator. The last of a name wins, as it does on the engine. */
export function mapOf(list: readonly string[], separator = '='): Record<string, string | null> {
  const map: Record<string, string | null> = {}
  for (const entry of list) {
    const at = entry.indexOf(separator)
    if (at < 0) map[entry] = null
    else map[entry.slice(0, at)] = entry.slice(at + 1)
  }
  return map
}

/** Single ports of `7000`, `8000-8002` or `53/udp`, each with its protocol, as the engine names them. */
export function exposedPorts(expose: string): string[] {
  const [range = '', protocol = 'tcp'] = expose.split('/')
  const [from, to] = range.split('-').map(Number)
  if (from === undefined || Number.isNaN(from)) {
    throw new EngineError('bad-port', `"${expose}" is not a port to expose`, { class: 'user' })
  }
  const ports: string[] = []
  for (let port = from; port <= (to ?? from); port++) ports.push(`${port}/${protocol}`)
  return ports
}

/** What the engine shows for "not set": nothing, or the zero of the type. */
export function isUnset(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.keys(value).length === 0
}

type Compact<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The value without its unset parts; undefined when nothing is left. */
export function compact<T extends Record<string, unknown>>(value: T): Compact<T> | undefined {
  const kept = Object.entries(value).filter(([, part]) => !isUnset(part))
  return kept.length === 0 ? undefined : (Object.fromEntries(kept) as Compact<T>)
}

/** Sorted copy, for lists whose order means nothing to the engine. */
export function sorted(list: readonly string[]): string[] {
  return [...list].sort()
}
