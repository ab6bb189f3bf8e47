import type { Report } from '../diagnostics/report.ts'
import { mergeValues } from '../merge/merge.ts'
import { cloneValue, isTree, type Tree, type Value } from '../tree/value.ts'

/** Attributes of the specification that were extensions before, and are still written so. */
const DEVELOP = { from: 'x-develop', to: 'develop' }
const INITIAL_SYNC = { from: 'x-initialSync', to: 'initial_sync' }

/** Renames these extensions to the attributes they became; where both are written the attribute wins. */
export function promoteExtensions(tree: Tree, report: Report): void {
  if (!isTree(tree.services)) return
  for (const name in tree.services) {
    const service = tree.services[name] as Value
    if (!isTree(service)) continue
    promote(service, DEVELOP, ['services', name], report)
    const watch = isTree(service.develop) ? service.develop.watch : undefined
    if (!Array.isArray(watch)) continue
    watch.forEach((rule, index) => {
      if (isTree(rule)) promote(rule, INITIAL_SYNC, ['services', name, 'develop', 'watch', String(index)], report)
    })
  }
}

function promote(tree: Tree, { from, to }: typeof DEVELOP, path: string[], report: Report): void {
  const extension = tree[from]
  if (extension === undefined) return
  delete tree[from]
  const given = tree[to] ?? null
  tree[to] = given === null ? extension : mergeValues(cloneValue(extension), given, [...path, to], report)
}

/** The places of the attributes that resets of extensions are about. */
export function promotedPaths(resets: readonly (readonly string[])[]): (readonly string[])[] {
  return resets
    .filter((path) => path[0] === 'services' && path.includes(DEVELOP.from))
    .map((path) => path.map((step, index) => (index === 2 && step === DEVELOP.from ? DEVELOP.to : step)))
}
