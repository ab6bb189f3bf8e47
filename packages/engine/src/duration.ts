const UNIT_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Milliseconds of a duration of the Compose Specification (`1m30s`, `500ms`); undefined when it is not one. */
export function durationMs(text: string): number | undefined {
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h|d|w)/g)
  let total = 0
  let read = 0
  for (const [whole, amount, unit] of parts) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0)
    read += whole.length
  }
  return read === text.length && read > 0 ? total : undefined
}
