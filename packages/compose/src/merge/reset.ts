import { isTree, type Tree, type Value } from '../tree/value.ts'

/** Removes what `!reset` and `!override` of a later file are about. A step `*` is any key. Changes the tree. */
export function applyResets(tree: Tree, resets: readonly (readonly string[])[]): void {
  for (const reset of resets) remove(tree, reset, 0)
}

function remove(value: Value, path: readonly string[], at: number): void {
  if (!isTree(value)) return
  const step = path[at]
  if (step === undefined) return
  for (const key of step === '*' ? Object.keys(value) : step in value ? [step] : []) {
    if (at === path.length - 1) delete value[key]
    else remove(value[key] as Value, path, at + 1)
  }
}
