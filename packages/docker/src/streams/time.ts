import { EngineError } from '@windflow/engine'

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
const DURATION = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/
const STAMP = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?$/

/**
 * A point in time as the engine takes it: seconds since 1970, with nanoseconds when given.
 * @param text RFC 3339 (local time where it names no zone), a duration before now (`10m`, `1h30m`), or seconds since 1970
 * @param now milliseconds since 1970
 * @throws EngineError `time-invalid`, class user
 */
export function engineTime(text: string, now: number): string {
  if (/^\d+(\.\d{1,9})?$/.test(text)) return text
  if (DURATION.test(text)) {
    let ms = 0
    for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g))
      ms += Number(amount) * (UNIT_MS[unit] ?? 0)
    return ((now - ms) / 1000).toFixed(3)
  }
  const match = STAMP.exec(text)
  if (match !== null) {
    const [, date = '', clock, fraction = '', zone = ''] = match
    const time = Date.parse(`${date}T${clock ?? '00:00'}${zone}`)
    if (!Number.isNaN(time)) return `${Math.floor(time / 1000)}${fraction}`
  }
  throw new EngineError('time-invalid', `"${text}" is not a time`, {
    class: 'user',
    hint: 'write a duration before now (10m, 1h30m) or a time such as 2030-01-31T08:15:00Z',
  })
}
