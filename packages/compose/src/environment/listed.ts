import { isTree, type Tree, type Value } from '../tree/value.ts'
import type { Variables } from './dotenv.ts'

/** Gives variables that are listed by name alone (`- NAME`) the value that the environment of their file has. */
export function resolveListedVariables(tree: Tree, variables: Readonly<Variables>): void {
  for (const section of ['services', 'jobs']) {
    const entries = tree[section]
    if (!isTree(entries)) continue
    for (const name in entries) {
      const entry = entries[name] as Value
      if (!isTree(entry) || !Array.isArray(entry.environment)) continue
      entry.environment = entry.environment
        .filter((item) => typeof item === 'string')
        .map((item) => (variables[item] === undefined ? item : `${item}=${variables[item]}`))
    }
  }
}
