import type { Project } from '../model/index.ts'

/** The model as `docker compose config --format json` prints it, with `$` as `$$`. */
export function toJson(project: Project): string {
  return JSON.stringify(jsonModel(project), null, 2).replaceAll('$', '$$$$')
}

/** The model without what Docker Compose leaves out of its JSON: `models`, and extensions of nested elements. */
export function jsonModel(project: Project): unknown {
  const { models: _, ...rest } = project
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, key.startsWith('x-') ? value : withoutExtensions(value, key)]),
  )
}

/** Sections whose keys are names that an author chose: one may begin with `x-`. */
const NAMED = new Set(['services', 'networks', 'volumes', 'configs', 'secrets', 'jobs', 'depends_on'])

function withoutExtensions(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutExtensions(item, ''))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => NAMED.has(key) || !name.startsWith('x-'))
      .map(([name, item]) => [name, withoutExtensions(item, name)]),
  )
}
