import type { Report } from '../diagnostics/report.ts'
import { goText } from '../tree/go-text.ts'
import { childPattern, compilePatterns, type PatternNode } from '../tree/pattern.ts'
import { describeKind, isTree, newTree, type Tree, type Value } from '../tree/value.ts'
import { normaliseMount } from './mount.ts'
import { parsePort } from './port.ts'

/** Puts a value into long form. `inner` does the same for what is inside it. */
type Rule = (value: Value, path: string[], report: Report, inner: (value: Value) => Value) => Value

/** Every short form of the model in its long form. Changes the tree. */
export function toLongForms(tree: Tree, report: Report): void {
  for (const key in tree) tree[key] = walk(tree[key] as Value, [key], childPattern(rules(), key), report)
}

function walk(value: Value, path: string[], place: PatternNode<Rule> | undefined, report: Report): Value {
  if (place === undefined) return value
  const inner = (content: Value): Value => {
    if (isTree(content)) {
      for (const key in content)
        content[key] = walk(content[key] as Value, [...path, key], childPattern(place, key), report)
    } else if (Array.isArray(content)) {
      for (let index = 0; index < content.length; index++) {
        const item = content[index] as Value
        content[index] = walk(item, [...path, String(index)], childPattern(place, '[]'), report)
      }
    }
    return content
  }
  return place.rule === undefined ? inner(value) : place.rule(value, path, report, inner)
}

function failKind(value: Value, path: string[], report: Report): never {
  report.refuse(
    'normalise/kind',
    path,
    `${path.join('.')} cannot be ${describeKind(value)}`,
    'See the Compose Specification for its forms',
  )
}

/** A scalar in a list of texts. */
function textOf(value: Value, path: string[], report: Report): string {
  return isTree(value) || Array.isArray(value) ? failKind(value, path, report) : goText(value)
}

const container: Rule = (value, _path, _report, inner) => (isTree(value) ? inner(value) : value)

const textOrList: Rule = (value) => (typeof value === 'string' ? [value] : value)

const dns: Rule = (value) => {
  const list = typeof value === 'string' ? [value] : value
  return Array.isArray(list) ? list.filter((item) => item !== null && item !== '') : list
}

const envFiles: Rule = (value, path, report) => {
  if (typeof value !== 'string' && !Array.isArray(value)) failKind(value, path, report)
  return (typeof value === 'string' ? [value] : value).map((item) => {
    if (typeof item === 'string') return Object.assign(newTree(), { path: item, required: true })
    if (!isTree(item)) return null
    item.required ??= true
    return item
  })
}

const gpus: Rule = (value, path, report, inner) => {
  if (typeof value === 'string') return [Object.assign(newTree(), { count: 'all' })]
  return Array.isArray(value) ? inner(value) : failKind(value, path, report)
}

const namesToMapping: Rule = (value, path, report) => {
  if (!Array.isArray(value)) return value
  const tree = newTree()
  for (const name of value) tree[textOf(name, path, report)] = null
  return tree
}

const mount: Rule = (value, path, report) => {
  if (typeof value === 'string') return normaliseMount(value, path, report)
  return isTree(value) ? value : failKind(value, path, report)
}

const device: Rule = (value, path, report) => {
  if (isTree(value)) return value
  if (typeof value !== 'string') failKind(value, path, report)
  const [source = '', target, permissions, ...more] = value.split(':')
  if (more.length > 0) {
    report.refuse(
      'normalise/device',
      path,
      `the device '${value}' has too many colons`,
      'Write source:target:permissions',
    )
  }
  return Object.assign(newTree(), { source, target: target || source, permissions: permissions ?? 'rwm' })
}

const fileReference: Rule = (value, path, report) => {
  if (typeof value === 'string') return Object.assign(newTree(), { source: value })
  return isTree(value) ? value : failKind(value, path, report)
}

const ulimit: Rule = (value, path, report) => {
  if (isTree(value) || (typeof value === 'number' && Number.isInteger(value))) return value
  failKind(value, path, report)
}

const textOrOther: Rule = (value) => goText(value)

const keyValues: Rule = (value, path, report) => {
  if (isTree(value)) return value
  if (!Array.isArray(value)) failKind(value, path, report)
  const tree = newTree()
  for (const item of value) {
    const text = textOf(item, path, report)
    const at = text.indexOf('=')
    if (at < 0)
      report.refuse('normalise/key-value', path, `'${text}' in ${path.join('.')} has no '='`, 'Write name=value')
    tree[text.slice(0, at)] = text.slice(at + 1)
  }
  return tree
}

const dependencies: Rule = (value, path, report) => {
  const tree = newTree()
  if (Array.isArray(value)) {
    for (const name of value)
      tree[textOf(name, path, report)] = Object.assign(newTree(), { condition: 'service_started', required: true })
    return tree
  }
  if (!isTree(value)) failKind(value, path, report)
  for (const name in value) {
    const dependency = value[name] as Value
    if (!isTree(dependency)) failKind(dependency, [...path, name], report)
    if (!('condition' in dependency)) dependency.condition = 'service_started'
    if (!('required' in dependency)) dependency.required = true
  }
  return value
}

const extended: Rule = (value, path, report, inner) => {
  if (typeof value === 'string') return Object.assign(newTree(), { service: value })
  return isTree(value) ? inner(value) : failKind(value, path, report)
}

const ports: Rule = (value, path, report) => {
  if (!Array.isArray(value)) failKind(value, path, report)
  return value.flatMap((item, index): Value[] => {
    const at = [...path, String(index)]
    if (typeof item === 'string') return parsePort(item, at, report)
    if (typeof item === 'number' && Number.isInteger(item)) return parsePort(String(item), at, report)
    return isTree(item) ? [item] : failKind(item, at, report)
  })
}

const build: Rule = (value, path, report, inner) => {
  if (typeof value === 'string') return Object.assign(newTree(), { context: value })
  return isTree(value) ? inner(value) : failKind(value, path, report)
}

const ssh: Rule = (value, path, report) => {
  if (isTree(value)) return value
  if (!Array.isArray(value)) failKind(value, path, report)
  const tree = newTree()
  for (const item of value) {
    const text = textOf(item, path, report)
    const at = text.indexOf('=')
    if (at < 0 && text !== 'default') {
      report.refuse(
        'normalise/ssh',
        path,
        `the SSH key '${text}' has no path`,
        'Write id=path, or default for the agent',
      )
    }
    tree[at < 0 ? text : text.slice(0, at)] = at < 0 ? null : text.slice(at + 1)
  }
  return tree
}

const schedule: Rule = (value, path, report) => {
  if (typeof value === 'string') return Object.assign(newTree(), { cron: value })
  return isTree(value) ? value : failKind(value, path, report)
}

/** `external: {name: x}` is the old form of `external: true` with `name: x`. */
const resource: Rule = (value, path, report, inner) => {
  if (value === null) return null
  if (!isTree(value)) failKind(value, path, report)
  inner(value)
  const external = value.external
  if (!isTree(external)) return value
  value.external = true
  const name = external.name
  if (name === undefined) return value
  const place = path.join('.')
  report.warn(
    'normalise/external-name',
    path,
    `${place}.external.name is deprecated`,
    'Set external: true and name: beside it',
  )
  if ('name' in value && value.name !== name) {
    report.refuse('normalise/external-name', path, `${place} has two different names`, 'Keep only name:')
  }
  value.name = name
  return value
}

const CONTAINER_RULES: Readonly<Record<string, Rule>> = {
  env_file: envFiles,
  label_file: textOrList,
  gpus,
  networks: namesToMapping,
  models: namesToMapping,
  'volumes.*': mount,
  dns,
  'devices.*': device,
  'secrets.*': fileReference,
  'configs.*': fileReference,
  'ulimits.*': ulimit,
}

const WORKLOAD_RULES: Readonly<Record<string, Rule>> = {
  'build.secrets.*': fileReference,
  'build.provenance': textOrOther,
  'build.sbom': textOrOther,
  'build.additional_contexts': keyValues,
  depends_on: dependencies,
  extends: extended,
  ports,
  build,
  'build.ssh': ssh,
  'build.ulimits.*': ulimit,
}

let compiled: PatternNode<Rule> | undefined

function rules(): PatternNode<Rule> {
  const under = (parents: readonly string[], group: Readonly<Record<string, Rule>>) =>
    parents.flatMap((parent) => Object.entries(group).map(([key, rule]): [string, Rule] => [`${parent}.${key}`, rule]))
  compiled ??= compilePatterns<Rule>([
    ...under(['services.*', 'jobs.*', 'services.*.pre_start.*'], CONTAINER_RULES),
    ...under(['services.*', 'jobs.*'], WORKLOAD_RULES),
    ['services.*', container],
    ['jobs.*', container],
    ['jobs.*.triggers.schedule.*', schedule],
    ['services.*.develop.watch.*.ignore', textOrList],
    ['services.*.develop.watch.*.include', textOrList],
    ...['volumes', 'networks', 'secrets', 'configs'].map((section): [string, Rule] => [`${section}.*`, resource]),
  ])
  return compiled
}
