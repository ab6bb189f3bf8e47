/** Bytes and durations as Docker Compose reads them. */

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 }

/** A number of bytes ("64", "-1", "1.5g", "512 MiB") in decimal digits; `undefined` when it is not one. */
export function parseBytes(text: string): string | undefined {
  if (/^[-+]?[0-9]+$/.test(text)) {
    const exact = BigInt(text.replace(/^\+/, ''))
    return exact >= -(2n ** 63n) && exact < 2n ** 63n ? String(exact) : undefined
  }
  const match = /^([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?) ?(?:([kmgtp])(?:b|ib)?|b)?$/i.exec(text)
  if (match === null) return undefined
  const size = Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? 1)
  if (!(size >= 0) || size >= 2 ** 63) return undefined
  return String(BigInt(Math.trunc(size)))
}

const NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
}
const LIMIT = 2n ** 63n

/** A duration ("90s", "1.5h", "1w2d", "0") in nanoseconds; `undefined` when it is not one. */
export function parseDuration(text: string): bigint | undefined {
  const negative = text.startsWith('-')
  const rest = negative || text.startsWith('+') ? text.slice(1) : text
  if (rest === '0') return 0n
  if (rest === '') return undefined
  const part = /([0-9]*)(?:\.([0-9]*))?([^0-9.]+)/y
  let total = 0n
  for (let at = 0; at < rest.length; at = part.lastIndex) {
    part.lastIndex = at
    const match = part.exec(rest)
    if (match === null) return undefined
    const [, whole = '', fraction = '', unit = ''] = match
    const size = Object.hasOwn(NANOSECONDS, unit) ? NANOSECONDS[unit] : undefined
    if (size === undefined || (whole === '' && fraction === '')) return undefined
    total += BigInt(whole || '0') * size
    if (fraction !== '') {
      const digits = fraction.slice(0, 18)
      total += BigInt(Math.trunc(Number(digits) * (Number(size) / 10 ** digits.length)))
    }
    if (total >= LIMIT) return undefined
  }
  return negative ? -total : total
}

/** Nanoseconds as Go prints a duration: "1h0m0s", "1m30s", "1.5ms", "0s". */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s'
  const sign = nanoseconds < 0n ? '-' : ''
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  if (size < 1_000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${decimal(size, 1_000n)}µs`
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 1_000_000n)}ms`
  const minute = 60_000_000_000n
  const seconds = `${decimal(size % minute, 1_000_000_000n)}s`
  const minutes = size / minute
  if (minutes === 0n) return sign + seconds
  const hours = minutes / 60n
  return `${sign}${hours === 0n ? '' : `${hours}h`}${minutes % 60n}m${seconds}`
}

function decimal(value: bigint, unit: bigint): string {
  const fraction = String(value % unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '')
  return fraction === '' ? String(value / unit) : `${value / unit}.${fraction}`
}

/** The number with the fewest digits that single precision cannot tell from `value`. */
export function shortestFloat32(value: number): number {
  const single = Math.fround(value)
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits))
    if (Math.fround(short) === single) return short
  }
  return Number(single.toPrecision(9))
}
