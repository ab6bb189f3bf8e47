import { resolveListedVariables } from '../environment/listed.ts'
import { setDefaults } from '../normalise/defaults.ts'
import { resolvePaths } from '../normalise/paths.ts'
import { newTree, type Tree } from '../tree/value.ts'
import { checkStructure } from '../validate/structure.ts'
import { openComposeFile, overlayFile } from './compose-file.ts'
import type { Scope } from './scope.ts'

/** The files, each over the one before, as one model in long form with its paths resolved. */
export function loadModel(paths: readonly string[], scope: Scope): Tree {
  const { report, files, home, registry } = scope.loading
  let tree = newTree()
  for (const path of paths) {
    registry.begin(path)
    const file = openComposeFile(path, scope.loading, { file: path, line: 1, column: 1 })
    tree = overlayFile(tree, file, scope, false).tree
  }
  setDefaults(tree)
  checkStructure(tree, report)
  resolvePaths(tree, { folder: scope.folder, home, source: files.source }, report)
  resolveListedVariables(tree, scope.variables)
  return tree
}
