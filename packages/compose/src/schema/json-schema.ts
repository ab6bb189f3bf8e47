import { ComposeFile } from './compose-file.ts'

/** A JSON schema document (draft 2020-12), plain data. */
export type JsonSchema = { [keyword: string]: unknown }

/** The schema of Compose files with its descriptions, for editors. */
export const composeFileJsonSchema = (): JsonSchema =>
  toJsonSchema(ComposeFile, 'https://windflow.dev/compose-file.json')

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Prints a TypeBox schema as one JSON schema document: every schema with an `$id` goes under `$defs` once, and its uses
 * become references; what a use means is described there.
 */
export function toJsonSchema(root: object, id: string): JsonSchema {
  const definitions: JsonSchema = {}

  function visit(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(visit)
    if (!isObject(value)) return value
    const { $id, description, ...body } = value
    if (typeof $id !== 'string') return mapValues(value, visit)
    if (!($id in definitions)) {
      definitions[$id] = {}
      definitions[$id] = mapValues(body, visit)
    }
    return { $ref: `#/$defs/${$id}`, ...(description === undefined ? {} : { description }) }
  }

  const body = visit({ ...root })
  if (!isObject(body)) throw new TypeError('the root of a JSON schema is an object')
  const sorted = Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: id, ...body, $defs: sorted }
}

function mapValues(object: JsonSchema, visit: (value: unknown) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, visit(value)]))
}
