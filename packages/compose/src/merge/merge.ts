import type { Report } from '../diagnostics/report.ts'
import { goText } from '../tree/go-text.ts'
import { childPattern, compilePatterns, type PatternNode } from '../tree/pattern.ts'
import { describeKind, equalValues, isTree, newTree, type Tree, type Value } from '../tree/value.ts'
import { uniqueByKey } from './unique.ts'

/** Merges `other` over `base` at a place that has a rule of its own. */
type Merger = (base: Value, other: Value, path: string[], place: Place, report: Report) => Value
type Place = PatternNode<Merger> | undefined

/**
 * `other` merged over `base`, by the rules of the Compose Specification ("Merge and override"). `base` is changed.
 * `path` is where both are in the model.
 */
export function mergeValues(base: Value, other: Value, path: readonly string[], report: Report): Value {
  let place: Place = mergePlaces()
  for (const key of path) place = childPattern(place, key)
  return merge(base, other, [...path], place, report)
}

export function mergeTrees(base: Tree, other: Tree, report: Report): Tree {
  return mergeEntries(base, other, [], mergePlaces(), report)
}

function merge(base: Value, other: Value, path: string[], place: Place, report: Report): Value {
  if (place?.rule !== undefined) return place.rule(base, other, path, place, report)
  if (other === null) return base
  if (isTree(base)) {
    if (!isTree(other)) failKind(base, other, path, report)
    return mergeEntries(base, other, path, place, report)
  }
  if (Array.isArray(base)) {
    if (!Array.isArray(other)) failKind(base, other, path, report)
    return appendNew(base, other)
  }
  return other
}

function failKind(base: Value, other: Value, path: string[], report: Report): never {
  const message = `${path.join('.')} is ${describeKind(base)} and cannot be overridden by ${describeKind(other)}`
  report.refuse('merge/kind', path, message, 'Write both in the same form, or tag the later one !override')
}

function mergeEntries(base: Tree, other: Tree, path: string[], place: Place, report: Report): Tree {
  for (const key in other) {
    const value = other[key] as Value
    if (!(key in base)) {
      base[key] = value
      continue
    }
    path.push(key)
    base[key] = merge(base[key] as Value, value, path, childPattern(place, key), report)
    path.pop()
  }
  return base
}

function appendNew(base: readonly Value[], other: readonly Value[]): Value[] {
  const result = [...base]
  for (const item of other) if (!result.some((existing) => equalValues(existing, item))) result.push(item)
  return result
}

const replace: Merger = (_base, other) => other

const keyValues: Merger = (base, other, path, _place, report) =>
  uniqueByKey([...asList(base), ...asList(other)], 'key', path, report)

const list: Merger = (base, other) => appendNew(asList(base), asList(other))

const build: Merger = (base, other, path, place, report) =>
  mergeEntries(asBuild(base), asBuild(other), path, place, report)

const logging: Merger = (base, other, path, place, report) => {
  if (!isTree(base) || !isTree(other)) failKind(base, other, path, report)
  const sameDriver = !('driver' in base) || !('driver' in other) || equalValues(base.driver, other.driver)
  return sameDriver ? mergeEntries(base, other, path, place, report) : other
}

const ulimit: Merger = (base, other, path, place, report) =>
  isTree(base) && isTree(other) ? mergeEntries(base, other, path, place, report) : other

const dependencies: Merger = (base, other, path, place, report) => {
  const started = () => Object.assign(newTree(), { condition: 'service_started', required: true })
  return mergeEntries(
    asMapping(base, started, path, report),
    asMapping(other, started, path, report),
    path,
    place,
    report,
  )
}

const names: Merger = (base, other, path, place, report) => {
  const nothing = () => null
  return mergeEntries(
    asMapping(base, nothing, path, report),
    asMapping(other, nothing, path, report),
    path,
    place,
    report,
  )
}

/** Pools are told apart by their subnet. */
const addressPools: Merger = (base, other, path, place, report) => {
  if (!Array.isArray(base) || !Array.isArray(other)) failKind(base, other, path, report)
  const pools: Tree[] = []
  const nothing = () => null
  for (const original of base) {
    const left = asMapping(original, nothing, path, report)
    for (const override of other) {
      const right = asMapping(override, nothing, path, report)
      if (!equalValues(right.subnet, left.subnet) && !pools.some((pool) => equalValues(pool.subnet, right.subnet))) {
        pools.push(right)
        continue
      }
      const merged = mergeEntries(left, right, path, place, report)
      const at = pools.findIndex((pool) => equalValues(pool.subnet, merged.subnet))
      if (at >= 0) pools[at] = merged
      else pools.push(merged)
    }
  }
  return pools
}

/** A mapping as `key=value` texts in the order of their keys; a list as it is; a text as a list of one. */
function asList(value: Value): Value[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [value]
  if (!isTree(value)) return []
  const entries: string[] = []
  for (const key in value) {
    const item = value[key] as Value
    if (item === null) entries.push(key)
    else for (const one of Array.isArray(item) ? item : [item]) entries.push(`${key}=${goText(one)}`)
  }
  return entries.sort()
}

function asBuild(value: Value): Tree {
  if (isTree(value)) return value
  const tree = newTree()
  if (typeof value === 'string') tree.context = value
  return tree
}

function asMapping(value: Value, make: () => Value, path: string[], report: Report): Tree {
  if (isTree(value)) return value
  const tree = newTree()
  const keys = typeof value === 'string' ? [value] : value === null ? [] : value
  if (!Array.isArray(keys)) failMapping(value, path, report)
  for (const key of keys) {
    if (typeof key !== 'string') failMapping(key, path, report)
    tree[key] = make()
  }
  return tree
}

function failMapping(value: Value, path: string[], report: Report): never {
  const message = `${path.join('.')} holds ${describeKind(value)} where a name is expected`
  report.refuse('merge/kind', path, message, 'Write a list of names, or a mapping')
}

const WORKLOAD_MERGERS: Readonly<Record<string, Merger>> = {
  annotations: keyValues,
  build,
  'build.args': keyValues,
  'build.additional_contexts': keyValues,
  'build.extra_hosts': list,
  'build.labels': keyValues,
  command: replace,
  depends_on: dependencies,
  dns: list,
  dns_opt: list,
  dns_search: list,
  entrypoint: replace,
  env_file: list,
  label_file: list,
  environment: keyValues,
  extra_hosts: list,
  'healthcheck.test': replace,
  labels: keyValues,
  logging,
  models: names,
  networks: names,
  sysctls: keyValues,
  tmpfs: list,
  'ulimits.*': ulimit,
}

let places: PatternNode<Merger> | undefined

function mergePlaces(): PatternNode<Merger> {
  places ??= compilePatterns<Merger>([
    ['networks.*.ipam.config', addressPools],
    ...['networks', 'volumes', 'secrets', 'configs'].map((section): [string, Merger] => [
      `${section}.*.labels`,
      keyValues,
    ]),
    ...['services', 'jobs'].flatMap((section) =>
      Object.entries(WORKLOAD_MERGERS).map(([key, merger]): [string, Merger] => [`${section}.*.${key}`, merger]),
    ),
    ['services.*.deploy.labels', keyValues],
  ])
  return places
}
