import type { Position } from '../diagnostics/diagnostic.ts'
import { type Path, Refused, type Report } from '../diagnostics/report.ts'
import { interpolate } from '../interpolate/interpolate.ts'
import { mergeTrees } from '../merge/merge.ts'
import { applyResets } from '../merge/reset.ts'
import { dropReplaced } from '../merge/unique.ts'
import { toLongForms } from '../normalise/canonical.ts'
import { locateInDocument } from '../parse/locate.ts'
import { type Node, YamlError } from '../parse/node.ts'
import type { ComposeFile } from '../parse/registry.ts'
import { buildTree } from '../parse/tree.ts'
import { describeKind, isTree, type Tree } from '../tree/value.ts'
import { checkSchema } from '../validate/schema.ts'
import { applyExtends } from './extends.ts'
import { promotedPaths, promoteExtensions } from './extension.ts'
import { applyInclude } from './include.ts'
import type { Loading, Resets, Scope } from './scope.ts'

/** Reads and parses a Compose file. `where` is who names it. */
export function openComposeFile(path: string, loading: Loading, where: Path | Position): ComposeFile {
  const { report, registry, files, texts } = loading
  registry.begin(path)
  const text = texts.get(path) ?? files.read(path, 'the Compose file', where)
  try {
    return registry.parse(path, text)
  } catch (error) {
    throw reportYaml(path, [error], report) ?? error
  }
}

function reportYaml(file: string, errors: readonly unknown[], report: Report): Refused | undefined {
  for (const error of errors) {
    if (!(error instanceof YamlError)) return undefined
    report.error(error.code, { file, line: error.line, column: error.column }, error.message, error.hint)
  }
  return new Refused('not YAML')
}

/**
 * `model` with a Compose file over it, in long form. As a `base` the file is only looked up by services that extend one
 * of its own: its includes, its own extends and the schema are left for the result.
 */
export function overlayFile(model: Tree, file: ComposeFile, scope: Scope, base: boolean): Overlaid {
  let tree = model
  let resets: Resets = []
  for (const document of file.documents) {
    const parsed = documentTree(document, file.path, scope.loading)
    resets = [...parsed.resets, ...promotedPaths(parsed.resets)]
    tree = overlayDocument(tree, document, parsed.tree, resets, file.path, scope, base)
  }
  return { tree, resets }
}

interface Overlaid {
  readonly tree: Tree
  readonly resets: Resets
}

function documentTree(document: Node, path: string, loading: Loading) {
  const report: Report = loading.report
  let built: ReturnType<typeof buildTree>
  try {
    built = buildTree(document)
  } catch (error) {
    throw reportYaml(path, [error], report) ?? error
  }
  if (built.errors.length > 0) reportYaml(path, built.errors, report)
  report.stop()
  const { value, resets } = built.tree
  if (!isTree(value)) {
    const where = { file: path, line: document.line, column: document.column }
    const message = `a Compose file is a mapping, and this is ${describeKind(value)}`
    report.refuse('parse/not-a-mapping', where, message, 'Begin with services:')
  }
  return { tree: value, resets }
}

function overlayDocument(
  model: Tree,
  document: Node,
  parsed: Tree,
  resets: Resets,
  path: string,
  scope: Scope,
  base: boolean,
): Tree {
  const { loading } = scope
  const { report, registry } = loading
  const at = (place: Path): Position => {
    const { line, column } = locateInDocument(document, place)
    return { file: path, line, column }
  }
  const tree = interpolate(parsed, (name) => scope.variables[name], {
    error: (code, place, message, hint) => report.error(code, at(place), message, hint),
    warn: (code, place, message, hint) => report.warn(code, at(place), message, hint),
  })
  report.stop()
  if (!base) registry.add(path, document)
  promoteExtensions(tree, report)
  if (!base) applyInclude(tree, path, resets, scope)
  applyResets(model, resets)
  if (!base) applyExtends(tree, path, resets, scope)
  const merged = mergeTrees(model, tree, report)
  dropReplaced(merged, report)
  if (!base) {
    checkSchema(merged, report)
    if ('version' in merged) {
      const message = 'version: has no meaning any more and is ignored'
      report.warn('schema/version', at(['version']), message, 'Remove the line')
      delete merged.version
    }
  }
  toLongForms(merged, report)
  dropReplaced(merged, report)
  return merged
}
