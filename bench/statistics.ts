/** Two measurements of the same thing, one after the other, by two programs; milliseconds. */
export interface Pair {
  readonly windflow: number
  readonly compose: number
}

/** What a list of pairs says. */
export interface Comparison {
  readonly pairs: number
  /** Milliseconds. */
  readonly windflow: number
  /** Milliseconds. */
  readonly compose: number
  /** Median of the ratios of each pair: what the machine did meanwhile hits both halves of a pair alike. */
  readonly ratio: number
}

/**
 * Middle value, or the mean of the two middle ones.
 * @throws RangeError for an empty list.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]]
  if (low === undefined || high === undefined) throw new RangeError('an empty list has no median')
  return (low + high) / 2
}

/** Medians of both sides and the median of the pairwise ratios. */
export function compare(pairs: readonly Pair[]): Comparison {
  return {
    pairs: pairs.length,
    windflow: median(pairs.map((pair) => pair.windflow)),
    compose: median(pairs.map((pair) => pair.compose)),
    ratio: median(pairs.map((pair) => pair.windflow / pair.compose)),
  }
}
