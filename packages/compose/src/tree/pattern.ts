/**
 * Rules by place in the model. A pattern is a path with `*` for any key or index, such as `services.*.ports.*`. The
 * patterns of a phase are compiled to a trie that a walk descends along with the tree: where the trie ends, nothing
 * below can match and the walk need not go on.
 */
export interface PatternNode<T> {
  /** What applies at this place. */
  readonly rule: T | undefined
  readonly named: ReadonlyMap<string, PatternNode<T>>
  readonly any: PatternNode<T> | undefined
}

export function compilePatterns<T>(rules: Iterable<readonly [string, T]>): PatternNode<T> {
  return compile([...rules].map(([pattern, rule]) => ({ steps: pattern.split('.'), rule })))
}

function compile<T>(rules: readonly { steps: readonly string[]; rule: T }[]): PatternNode<T> {
  const rest = (wanted: readonly string[]) =>
    rules
      .filter(({ steps }) => steps.length > 0 && wanted.includes(steps[0] as string))
      .map(({ steps, rule }) => ({ steps: steps.slice(1), rule }))
  const names = new Set(rules.map(({ steps }) => steps[0]).filter((step) => step !== undefined && step !== '*'))
  const named = new Map<string, PatternNode<T>>()
  for (const name of names) named.set(name as string, compile(rest([name as string, '*'])))
  const others = rest(['*'])
  const rule = rules.find(({ steps }) => steps.length === 0)?.rule
  return { rule, named, any: others.length === 0 ? undefined : compile(others) }
}

export function childPattern<T>(node: PatternNode<T> | undefined, key: string): PatternNode<T> | undefined {
  return node === undefined ? undefined : (node.named.get(key) ?? node.any)
}
