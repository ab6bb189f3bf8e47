import type { Report } from '../diagnostics/report.ts'
import type { Project } from '../model/index.ts'
import { isTree, type Tree, type Value } from '../tree/value.ts'
import { type Cursor, type Decoder, named, setOwn, toPlain } from './decoder.ts'
import { aiModel, fileObject, job, network, service, volume } from './shape.ts'

const SECTIONS: readonly (readonly [string, Decoder])[] = [
  ['services', named(service)],
  ['networks', named(network)],
  ['volumes', named(volume)],
  ['configs', named(fileObject)],
  ['secrets', named(fileObject)],
  ['models', named(aiModel)],
  ['jobs', named(job)],
]

/** The canonical model of a tree in long form, with all of its services. Leaves when a value does not fit its place. */
export function toProject(tree: Tree, name: string, report: Report): Project {
  const cursor: Cursor = { path: [], report }
  const result: Record<string, unknown> = { name, services: {} }
  for (const [section, decode] of SECTIONS) {
    const value = tree[section]
    if (!isTree(value)) continue
    cursor.path.push(section)
    const decoded = decode(value, cursor)
    cursor.path.pop()
    if (decoded !== undefined) result[section] = decoded
  }
  for (const key in tree) if (key.startsWith('x-')) setOwn(result, key, toPlain(tree[key] as Value))
  report.stop()
  // The decoders above give each attribute the type that the model has for it; a test holds them against its schema.
  return result as unknown as Project
}
