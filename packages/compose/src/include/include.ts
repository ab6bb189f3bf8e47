import type { Path, Report } from '../diagnostics/report.ts'
import type { Variables } from '../environment/dotenv.ts'
import { loadEnvFiles } from '../environment/env-files.ts'
import { mergeValues } from '../merge/merge.ts'
import { applyResets } from '../merge/reset.ts'
import { dirname, isAbsolute, join, relative } from '../source/path.ts'
import { cloneValue, describeKind, equalValues, isTree, newTree, type Tree, type Value } from '../tree/value.ts'
import { refuseRemote } from './remote.ts'
import type { Resets, Scope } from './scope.ts'

const SECTIONS = ['services', 'jobs', 'volumes', 'networks', 'secrets', 'configs', 'models']

interface Include {
  readonly paths: readonly string[]
  readonly projectDirectory: string
  readonly envFiles: readonly string[]
}

/** Replaces `include` by the resources of the files it names. Changes the tree. */
export function applyInclude(tree: Tree, file: string, resets: Resets, scope: Scope): void {
  const source = tree.include ?? null
  delete tree.include
  if (source === null) return
  const report: Report = scope.loading.report
  if (!Array.isArray(source)) {
    report.refuse(
      'include/kind',
      ['include'],
      `include should be a list, not ${describeKind(source)}`,
      'Write a list of files',
    )
  }
  source.forEach((item, index) => {
    const where = ['include', index]
    const included = loadIncluded(readInclude(item, where, scope), where, file, scope)
    for (const section of SECTIONS) importSection(included, tree, section, resets, scope)
  })
}

function readInclude(item: Value, where: Path, scope: Scope): Include {
  const report: Report = scope.loading.report
  if (typeof item === 'string') return { paths: [item], projectDirectory: '', envFiles: [] }
  if (!isTree(item)) {
    report.refuse(
      'include/kind',
      where,
      `an include cannot be ${describeKind(item)}`,
      'Write the path of a Compose file',
    )
  }
  const list = (value: Value | undefined): string[] => {
    if (value === undefined || value === null) return []
    return (Array.isArray(value) ? value : [value]).map((path) => {
      if (typeof path === 'string') return path
      return report.refuse('include/kind', where, `a path cannot be ${describeKind(path)}`, 'Write a text')
    })
  }
  return {
    paths: list(item.path),
    projectDirectory: typeof item.project_directory === 'string' ? item.project_directory : '',
    envFiles: list(item.env_file),
  }
}

function loadIncluded(include: Include, where: Path, file: string, scope: Scope): Tree {
  const { loading } = scope
  const { files } = loading
  const report: Report = loading.report
  const chain = [...scope.chain, file]
  for (const path of include.paths) refuseRemote(path, where, report)
  const paths = include.paths.map((path) => (isAbsolute(path) ? path : join(scope.root, path)))
  const main = paths[0]
  if (main === undefined) return newTree()
  if (chain.includes(main)) {
    const cycle = [...chain.slice(chain.indexOf(main)), main].join(' -> ')
    report.refuse('include/cycle', where, `the file includes itself: ${cycle}`, 'Remove one of these includes')
  }
  const given = include.projectDirectory
  const directory = given === '' ? dirname(main) : isAbsolute(given) ? given : join(scope.root, given)
  const folder = given !== '' && isAbsolute(given) ? given : folderOf(given === '' ? main : given, scope)
  const variables = includeVariables(include, directory, where, scope)
  const key = JSON.stringify([paths, folder, directory, Object.entries(variables).sort()])
  const known = loading.included.get(key)
  if (known !== undefined) return cloneTree(known)
  for (const path of paths) {
    // Opening it here puts a missing file at the include that names it.
    if (!loading.texts.has(path)) files.read(path, 'the included file', where)
  }
  const model = loading.loadModel(paths, { loading, root: directory, folder, variables, chain, bases: new Map() })
  loading.included.set(key, cloneTree(model))
  return model
}

function cloneTree(tree: Tree): Tree {
  const copy = cloneValue(tree)
  return isTree(copy) ? copy : newTree()
}

/** The folder of a file, or the folder itself, seen from the scope's root. */
export function folderOf(path: string, scope: Scope): string {
  const absolute = isAbsolute(path) ? path : join(scope.root, path)
  return relative(scope.root, scope.loading.files.isDirectory(absolute) ? absolute : dirname(absolute))
}

function includeVariables(include: Include, directory: string, where: Path, scope: Scope): Variables {
  const { files, report } = scope.loading
  const paths: string[] = []
  if (include.envFiles.length === 0) {
    const path = join(directory, '.env')
    if (files.source.kind(path) === 'file') paths.push(path)
  }
  for (const path of include.envFiles) {
    if (path !== '/dev/null') paths.push(isAbsolute(path) ? path : join(scope.root, path))
  }
  const added = loadEnvFiles(paths, scope.variables, files, report, where)
  return Object.assign(Object.create(null), added, scope.variables)
}

function importSection(source: Tree, target: Tree, section: string, resets: Resets, scope: Scope): void {
  const from = source[section]
  if (!isTree(from)) return
  const present = target[section]
  const to = isTree(present) ? present : newTree()
  for (const name in from) {
    const resource = from[name] as Value
    const own = to[name]
    if (own === undefined) to[name] = resource
    else if (!equalValues(resource, own)) {
      applyResets(Object.assign(newTree(), { [section]: Object.assign(newTree(), { [name]: resource }) }), resets)
      to[name] = mergeValues(resource, own, [section, name], scope.loading.report)
    }
  }
  target[section] = to
}
