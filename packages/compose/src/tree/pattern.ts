/**
 * Rules by place in the model. A pattern is a path with `*` for any key or index, such as `services.*.ports.*`. The
 * patterns of a phase form a trie that a walk descends along with the tree: where the trie ends, nothing below can match
 * and the walk need not go on. Nodes are made when a walk first gets to them, since most files use few attributes.
 */
export class PatternNode<T> {
  /** What applies at this place. */
  readonly rule: T | undefined
  readonly #depth: number
  readonly #rules: readonly Rule<T>[]
  readonly #names = new Set<string>()
  readonly #children = new Map<string, PatternNode<T> | undefined>()

  constructor(rules: readonly Rule<T>[], depth: number) {
    this.#rules = rules
    this.#depth = depth
    let rule: T | undefined
    for (const { steps, value } of rules) {
      const step = steps[depth]
      if (step === undefined) rule ??= value
      else this.#names.add(step)
    }
    this.rule = rule
  }

  child(key: string): PatternNode<T> | undefined {
    const name = this.#names.has(key) ? key : '*'
    const known = this.#children.get(name)
    if (known !== undefined || this.#children.has(name)) return known
    const rules = this.#rules.filter(({ steps }) => {
      const step = steps[this.#depth]
      return step === name || step === '*'
    })
    const node = rules.length === 0 ? undefined : new PatternNode(rules, this.#depth + 1)
    this.#children.set(name, node)
    return node
  }
}

interface Rule<T> {
  readonly steps: readonly string[]
  readonly value: T
}

export function compilePatterns<T>(rules: Iterable<readonly [string, T]>): PatternNode<T> {
  return new PatternNode(
    Array.from(rules, ([pattern, value]) => ({ steps: pattern.split('.'), value })),
    0,
  )
}

export function childPattern<T>(node: PatternNode<T> | undefined, key: string): PatternNode<T> | undefined {
  return node?.child(key)
}
