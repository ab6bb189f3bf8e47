import type { Project } from '../model/index.ts'
import { emitYaml } from './emit-yaml.ts'

const TOP = ['name', 'services', 'networks', 'volumes', 'configs', 'secrets', 'models', 'jobs']

/** Elements that the model always has and that say nothing when they are empty. */
const OMITTED_WHEN_EMPTY = new Set(['ipam', 'resources', 'placement'])

/** Mappings whose keys are names and whose values may be null or empty: nothing is left out of them. */
const NAMED = new Set([
  'services',
  'networks',
  'volumes',
  'configs',
  'secrets',
  'models',
  'jobs',
  'environment',
  'args',
  'labels',
  'ulimits',
])

/**
 * The model as YAML, with `$` as `$$`: a Compose file that loads to the same model. Extensions are in it at every level,
 * as in the output of `docker compose config`.
 */
export function toYaml(project: Project): string {
  const entries = Object.entries(project).filter(([, value]) => value !== undefined)
  const rank = (key: string) => (TOP.indexOf(key) + TOP.length + 1) % (TOP.length + 1)
  entries.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const written = new Map(entries.map(([key, value]) => [key, key.startsWith('x-') ? value : fileForm(value, key)]))
  return emitYaml(written).replaceAll('$', '$$$$')
}

/** The form of an attribute in a Compose file, with the keys in order. */
function fileForm(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((item) => fileForm(item, ''))
  if (typeof value !== 'object' || value === null) return value
  const result = new Map<string, unknown>()
  if (key === 'ulimits') {
    // A limit of 0 is left out of the model, but a file must name both.
    return new Map(
      Object.entries(value).map(([name, limit]) => [
        name,
        typeof limit === 'object' ? { soft: 0, hard: 0, ...limit } : limit,
      ]),
    )
  }
  for (const [name, item] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (name.startsWith('x-')) result.set(name, item)
    else if (NAMED.has(key) || !saysNothing(name, item, key)) result.set(fileKey(name, key), fileForm(item, name))
  }
  return result
}

/** Devices are printed with capital letters in JSON, which no Compose file may have. */
function fileKey(name: string, parent: string): string {
  return parent === '' && /^(?:Path|Rate|Weight)$/.test(name) ? name.toLowerCase() : name
}

/** What is in a list has no name (`parent` is empty): a hook there has to name its command. */
function saysNothing(name: string, value: unknown, parent: string): boolean {
  if (value === null || value === undefined) return parent !== '' && (name === 'command' || name === 'entrypoint')
  if (typeof value !== 'object') return false
  if (OMITTED_WHEN_EMPTY.has(name)) return Object.keys(value).length === 0
  return name === 'exec' && 'command' in value && value.command === null
}
