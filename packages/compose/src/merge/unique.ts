import type { Report } from '../diagnostics/report.ts'
import { parseMount } from '../normalise/mount.ts'
import { goText } from '../tree/go-text.ts'
import { childPattern, compilePatterns, type PatternNode } from '../tree/pattern.ts'
import { describeKind, isTree, type Tree, type Value } from '../tree/value.ts'

/** What tells the entries of a list apart: of two alike, the later one takes the place of the earlier. */
type Identity = 'key' | 'mount' | 'device' | 'config' | 'secret' | 'env-file' | 'expose' | 'port'

const SERVICE_LISTS: Readonly<Record<string, Identity>> = {
  annotations: 'key',
  'build.args': 'key',
  'build.additional_contexts': 'key',
  'build.platform': 'key',
  'build.tags': 'key',
  'build.labels': 'key',
  cap_add: 'key',
  cap_drop: 'key',
  devices: 'device',
  configs: 'config',
  'deploy.labels': 'key',
  dns: 'key',
  dns_opt: 'key',
  dns_search: 'key',
  environment: 'key',
  env_file: 'env-file',
  expose: 'expose',
  labels: 'key',
  links: 'key',
  'networks.*.aliases': 'key',
  'networks.*.link_local_ips': 'key',
  ports: 'port',
  profiles: 'key',
  secrets: 'secret',
  sysctls: 'key',
  tmpfs: 'key',
  volumes: 'mount',
}

let places: PatternNode<Identity> | undefined

function uniquePlaces(): PatternNode<Identity> {
  places ??= compilePatterns<Identity>([
    ['networks.*.labels', 'key'],
    ['networks.*.ipam.options', 'key'],
    ...Object.entries(SERVICE_LISTS).map(([key, identity]): [string, Identity] => [`services.*.${key}`, identity]),
  ])
  return places
}

/** Drops from the lists of the model the entries that a later entry replaces. Changes the tree. */
export function dropReplaced(tree: Tree, report: Report): void {
  walk(tree, [], uniquePlaces(), report)
}

function walk(tree: Tree, path: string[], place: PatternNode<Identity>, report: Report): void {
  for (const key in tree) {
    const child = childPattern(place, key)
    if (child === undefined) continue
    const value = tree[key] as Value
    path.push(key)
    if (Array.isArray(value)) {
      if (child.rule !== undefined) tree[key] = uniqueByKey(value, child.rule, path, report)
    } else if (isTree(value)) walk(value, path, child, report)
    path.pop()
  }
}

export function uniqueByKey(
  items: readonly Value[],
  identity: Identity,
  path: readonly string[],
  report: Report,
): Value[] {
  const result: Value[] = []
  const positions = new Map<string, number>()
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as Value
    const key = identify(item, identity, [...path, String(index)], report)
    const at = positions.get(key)
    if (at === undefined) {
      positions.set(key, result.length)
      result.push(item)
    } else result[at] = item
  }
  return result
}

function identify(item: Value, identity: Identity, path: string[], report: Report): string {
  switch (identity) {
    case 'key':
      if (typeof item !== 'string') failItem(item, path, report)
      return item.includes('=') ? item.slice(0, item.indexOf('=')) : item
    case 'mount':
      if (typeof item === 'string') return String(parseMount(item, path, report).target ?? '')
      return isTree(item) ? requireText(item, 'target', path, report) : ''
    case 'device':
      if (typeof item === 'string') return item.split(':')[1] ?? item
      return isTree(item) ? requireText(item, 'target', path, report) : ''
    case 'config':
      return identifyFile(item, '', path, report)
    case 'secret':
      return identifyFile(item, '/run/secrets', path, report)
    case 'env-file':
      if (typeof item === 'string') return item
      return isTree(item) ? requireText(item, 'path', path, report) : ''
    case 'expose':
      if (typeof item !== 'string' && typeof item !== 'number') failItem(item, path, report)
      return String(item)
    case 'port':
      return identifyPort(item, path, report)
  }
}

function identifyFile(item: Value, folder: string, path: string[], report: Report): string {
  if (typeof item === 'string') return `${folder}/${item}`
  if (!isTree(item)) failItem(item, path, report)
  return 'target' in item ? requireText(item, 'target', path, report) : `${folder}/${goText(item.source ?? null)}`
}

function identifyPort(item: Value, path: string[], report: Report): string {
  if (typeof item === 'number' || typeof item === 'string') return String(item)
  if (!isTree(item)) return ''
  if (!('target' in item)) {
    report.refuse(
      'merge/port-target',
      path,
      `${path.join('.')} names no target port`,
      'Add target: and the port of the container',
    )
  }
  // A published number and a published text are two ports for Docker Compose.
  const published = `${typeof item.published}:${goText(item.published ?? null)}`
  return `${goText(item.host_ip ?? '0.0.0.0')}:${published}:${goText(item.target ?? null)}/${goText(item.protocol ?? 'tcp')}`
}

function requireText(item: Tree, key: string, path: string[], report: Report): string {
  const value = item[key]
  if (typeof value === 'string') return value
  report.refuse('merge/missing', path, `${path.join('.')} has no ${key}`, `Add ${key}:`)
}

function failItem(item: Value, path: string[], report: Report): never {
  report.refuse(
    'merge/kind',
    path,
    `${path.join('.')} is ${describeKind(item)} where a text is expected`,
    'Write a text',
  )
}
