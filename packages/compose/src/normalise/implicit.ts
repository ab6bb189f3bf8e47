import type { Report } from '../diagnostics/report.ts'
import type { Variables } from '../environment/dotenv.ts'
import { mergeValues } from '../merge/merge.ts'
import { clean } from '../source/path.ts'
import { goText } from '../tree/go-text.ts'
import { cloneValue, isTree, newTree, type Tree, type Value } from '../tree/value.ts'
import { CONTAINER_ATTRIBUTES } from './container-attributes.ts'

/**
 * Writes out what the whole model implies: the default network, names on the engine, dependencies that links and shared
 * namespaces bring, variables without a value. Changes the tree, in long form.
 */
export function writeImplied(tree: Tree, projectName: string, variables: Readonly<Variables>, report: Report): void {
  joinDefaultNetwork(tree)
  for (const section of ['services', 'jobs']) {
    eachEntry(tree[section], (container, name) => completeContainer(container, [section, name], variables, report))
  }
  for (const section of ['networks', 'volumes', 'configs', 'secrets']) nameResources(tree, section, projectName)
}

function eachEntry(value: Value | undefined, visit: (entry: Tree, name: string) => void): void {
  if (!isTree(value)) return
  for (const name in value) {
    const entry = value[name] as Value
    if (isTree(entry)) visit(entry, name)
  }
}

function joinDefaultNetwork(tree: Tree): void {
  let used = false
  for (const section of ['services', 'jobs']) {
    eachEntry(tree[section], (container) => {
      if ('provider' in container || 'network_mode' in container) return
      const { networks } = container
      if (!isTree(networks) || Object.keys(networks).length === 0) {
        container.networks = Object.assign(newTree(), { default: null })
        used = true
      } else if ('default' in networks) used = true
    })
  }
  const networks = isTree(tree.networks) ? tree.networks : newTree()
  if (used && !('default' in networks)) networks.default = null
  if (Object.keys(networks).length > 0) tree.networks = networks
}

function completeContainer(container: Tree, path: string[], variables: Readonly<Variables>, report: Report): void {
  if (container.pull_policy === 'if_not_present') container.pull_policy = 'missing'
  const { build } = container
  if (isTree(build)) {
    build.context ??= '.'
    if ((build.dockerfile ?? null) === null && (build.dockerfile_inline ?? null) === null)
      build.dockerfile = 'Dockerfile'
    if (build.args !== undefined) build.args = resolveVariables(build.args, variables, false)
  }
  if (container.environment !== undefined) {
    container.environment = resolveVariables(container.environment, variables, true)
  }
  impliedDependencies(container)
  if (Array.isArray(container.volumes)) {
    for (const mount of container.volumes) if (isTree(mount)) mount.target = clean(goText(mount.target ?? ''))
  }
  completePreStart(container, path, report)
}

/** Names without a value get that of the environment; those that it has not either are kept or dropped. */
function resolveVariables(value: Value, variables: Readonly<Variables>, keep: boolean): Value {
  if (Array.isArray(value)) {
    return value.flatMap((item): Value[] => {
      if (typeof item !== 'string') return []
      if (item.includes('=')) return [item]
      const found = variables[item]
      if (found !== undefined) return [`${item}=${found}`]
      return keep ? [item] : []
    })
  }
  if (!isTree(value)) return value
  const result = newTree()
  for (const name in value) {
    const resolved = value[name] ?? variables[name] ?? null
    if (resolved !== null || keep) result[name] = resolved
  }
  return result
}

function impliedDependencies(container: Tree): void {
  const dependencies = isTree(container.depends_on) ? container.depends_on : newTree()
  const add = (name: string, restart: boolean) => {
    dependencies[name] ??= Object.assign(newTree(), { condition: 'service_started', restart, required: true })
  }
  for (const link of textsOf(container.links)) {
    const parts = link.split(':')
    add(parts.length === 2 ? (parts[0] as string) : link, true)
  }
  for (const namespace of ['network_mode', 'ipc', 'pid', 'uts', 'cgroup']) {
    const reference = container[namespace]
    if (typeof reference === 'string' && reference.startsWith('service:')) add(reference.slice('service:'.length), true)
  }
  for (const other of textsOf(container.volumes_from)) {
    if (!other.startsWith('container:')) add(other.split(':')[0] as string, false)
  }
  if (Object.keys(dependencies).length > 0) container.depends_on = dependencies
}

function textsOf(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** A container of `pre_start` is like its service's, but for its volumes and what it says itself. */
function completePreStart(container: Tree, path: string[], report: Report): void {
  const hooks = container.pre_start
  if (!Array.isArray(hooks)) return
  const inherited = newTree()
  for (const key in container) {
    if (key !== 'volumes' && CONTAINER_ATTRIBUTES.has(key)) inherited[key] = container[key] as Value
  }
  hooks.forEach((hook, index) => {
    if (isTree(hook)) hooks[index] = mergeValues(cloneValue(inherited), hook, path, report)
  })
}

function nameResources(tree: Tree, section: string, projectName: string): void {
  const resources = tree[section]
  if (!isTree(resources)) return
  for (const key in resources) {
    const given = resources[key] as Value
    const resource = isTree(given) ? given : newTree()
    resource.name ??= resource.external === true ? key : `${projectName}_${key}`
    resources[key] = resource
  }
}
