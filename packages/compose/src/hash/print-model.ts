import type { Project } from '../model/index.ts'
import { anything, byCodePoint, mapOf, structure, text } from './go-json.ts'
import * as layout from './layout.ts'

/**
 * The model as JSON, byte for byte as `docker compose config --format json` prints it before it writes `$` twice: keys in
 * the order of its structures, `x-` keys only at the top, no top-level `models`, two spaces of indentation.
 */
export function printModel(project: Project): string {
  return indented(modelText(project))
}

function modelText(project: Project): string {
  const { name, services, networks, volumes, configs, secrets, jobs, models: _, ...extensions } = project
  const parts: [string, string][] = [
    ['name', text(name)],
    ['services', mapOf(structure(layout.service))(services)],
  ]
  const sections = { configs, secrets, networks, volumes, jobs }
  const layouts = {
    configs: structure(layout.fileObject),
    secrets: structure(layout.fileObject),
    networks: structure(layout.network),
    volumes: structure(layout.volume),
    jobs: structure(layout.job),
  }
  for (const key of ['configs', 'secrets', 'networks', 'volumes', 'jobs'] as const) {
    const section = sections[key]
    if (section !== undefined && Object.keys(section).length > 0) parts.push([key, mapOf(layouts[key])(section)])
  }
  for (const [key, value] of Object.entries(extensions)) parts.push([key, anything(value)])
  parts.sort(([a], [b]) => byCodePoint(a, b))
  return `{${parts.map(([key, content]) => `${text(key)}:${content}`).join(',')}}`
}

/** Spreads compact JSON over lines, as Go does: two spaces a level, empty lists and mappings on one line. */
function indented(json: string): string {
  // The engine's own printer is several times faster, but it would put keys made of digits first.
  if (!/"\d+":/.test(json)) {
    const spread = JSON.stringify(JSON.parse(json), null, 2)
    return spread.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
  }
  return indentedInOrder(json)
}

function indentedInOrder(json: string): string {
  let out = ''
  let depth = 0
  for (let index = 0; index < json.length; index++) {
    const character = json.charAt(index)
    if (character === '"') {
      const end = endOfText(json, index)
      out += json.slice(index, end)
      index = end - 1
    } else if (character === '{' || character === '[') {
      const next = json.charAt(index + 1)
      if (next === '}' || next === ']') {
        out += character + next
        index++
      } else out += `${character}\n${'  '.repeat(++depth)}`
    } else if (character === '}' || character === ']') out += `\n${'  '.repeat(--depth)}${character}`
    else if (character === ',') out += `,\n${'  '.repeat(depth)}`
    else if (character === ':') out += ': '
    else out += character
  }
  return out
}

function endOfText(json: string, start: number): number {
  let index = start + 1
  while (json.charAt(index) !== '"') index += json.charAt(index) === '\\' ? 2 : 1
  return index + 1
}
