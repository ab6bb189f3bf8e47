import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { documents } from './documents.arbitrary.ts'
import { composeFileJsonSchema, type JsonSchema } from './json-schema.ts'
import { validate } from './validate.ts'

const NAME = '^[a-zA-Z0-9._-]+$'

/** The official schema, with what Docker Compose 5.6 changed in its own copy. Nothing else may differ. */
function officialOfCompose56(): JsonSchema {
  const official = readOfficial()
  const root = at(official, 'properties')
  const service = at(official, 'definitions', 'service', 'properties')
  const { deploy, develop, profiles, restart, scale, attach, container_name, ...inherited } = service
  const { provider, extends: _, links, external_links, post_start, pre_stop, ...rest } = inherited
  const { build, depends_on, healthcheck, ports, expose, stdin_open, tty, ...container } = rest
  const workload = { build, depends_on, healthcheck, ports, expose, stdin_open, tty }
  at(service, 'pull_policy').pattern = `^(${at(service, 'pull_policy').pattern})$`
  // A model named without settings, as a network may be.
  const [, settings] = listAt(service, 'models', 'oneOf')
  const models = at({ settings }, 'settings', 'patternProperties')
  models[NAME] = { oneOf: [models[NAME], { type: 'null' }] }
  const [, buildSettings] = listAt(service, 'build', 'oneOf')
  at({ buildSettings }, 'buildSettings', 'properties').no_cache_filter = { $ref: '#/definitions/string_or_list' }
  at(root, 'networks').additionalProperties = false
  at(root, 'models').additionalProperties = false
  const text = { type: 'string' }
  const flag = { type: ['boolean', 'string'] }
  const element = (properties: JsonSchema) => ({
    type: 'object',
    properties,
    additionalProperties: false,
    patternProperties: { '^x-': {} },
  })
  service.pre_start = { type: 'array', items: element({ ...container, per_replica: flag }) }
  const schedule = {
    ...element({
      cron: text,
      timezone: text,
      concurrency: { ...text, enum: ['forbid', 'queue'] },
      missed_fires: { ...text, enum: ['one', 'skip'] },
    }),
    required: ['cron'],
  }
  const triggers = {
    ...element({ manual: flag, schedule: { type: 'array', items: { oneOf: [text, schedule] } } }),
    anyOf: [{ required: ['manual'] }, { required: ['schedule'] }],
  }
  const job = { ...element({ ...container, ...workload, profiles, triggers }), required: ['triggers'] }
  root.jobs = { type: 'object', patternProperties: { [NAME]: job }, additionalProperties: false }
  return official
}

function readOfficial(): JsonSchema {
  return JSON.parse(readFileSync(new URL('./official/compose-spec.json', import.meta.url), 'utf8'))
}

function at(schema: JsonSchema, ...path: string[]): JsonSchema {
  let node: unknown = schema
  for (const key of path) node = isSchema(node) ? node[key] : undefined
  if (!isSchema(node)) throw new Error(`the official schema has nothing at ${path.join('/')}`)
  return node
}

function listAt(schema: JsonSchema, key: string, keyword: string): unknown[] {
  const list = at(schema, key)[keyword]
  if (!Array.isArray(list)) throw new Error(`the official schema has no list at ${key}/${keyword}`)
  return list
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The same schema in one way of writing: references inlined, annotations gone, alternatives and types in order. */
function normalised(schema: JsonSchema): unknown {
  const annotations = [
    'description',
    'title',
    'deprecated',
    'default',
    '$schema',
    '$id',
    '$defs',
    'definitions',
    '$comment',
  ]

  function names(node: unknown): unknown {
    return isSchema(node) ? Object.fromEntries(Object.entries(node).map(([key, value]) => [key, visit(value)])) : node
  }

  function visit(node: unknown): unknown {
    if (!isSchema(node)) return node
    if (typeof node.$ref === 'string') return visit(at(schema, ...node.$ref.slice(2).split('/')))
    const entries = Object.entries(node)
      .filter(([key]) => !annotations.includes(key))
      .map(([key, value]): [string, unknown] => {
        if (key === 'properties' || key === 'patternProperties') return [key, names(value)]
        if (key === 'items') return [key, visit(value)]
        if ((key === 'oneOf' || key === 'anyOf') && Array.isArray(value)) return ['anyOf', ordered(value.map(visit))]
        if ((key === 'type' || key === 'required' || key === 'enum') && Array.isArray(value))
          return [key, ordered(value)]
        return [key, value]
      })
    const result = Object.fromEntries(entries)
    // Says nothing: no limit on lists, and `additionalProperties` beside `type: array` (as in `gpus`).
    if (result.uniqueItems === false) delete result.uniqueItems
    if (result.type === 'array') {
      delete result.additionalProperties
      delete result.patternProperties
    }
    return result
  }

  return visit(schema)
}

const ordered = (values: unknown[]) => values.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

describe('the schema of Compose files', () => {
  it('says the same as the official one in every place, but where Docker Compose 5.6 differs from it', () => {
    expect(normalised(composeFileJsonSchema())).toEqual(normalised(officialOfCompose56()))
  })

  it('describes every key', () => {
    const silent: string[] = []
    const schema = composeFileJsonSchema()
    const visit = (node: unknown, path: string): void => {
      if (Array.isArray(node)) for (const item of node) visit(item, path)
      if (!isSchema(node)) return
      for (const [key, value] of Object.entries(node)) {
        visit(value, `${path}/${key}`)
        if (key !== 'properties' || !isSchema(value)) continue
        for (const [name, property] of Object.entries(value)) {
          if (!isSchema(property) || typeof property.description !== 'string') silent.push(`${path}/${name}`)
        }
      }
    }
    visit(schema, '')
    expect(silent).toEqual([])
  })
})

describe('validate', () => {
  // Ajv knows this dialect by another address; the keywords are the same.
  const { $schema: _, ...schema } = officialOfCompose56()
  const accepts = new Ajv({ strict: false, logger: false }).compile(schema)

  it('accepts what the official schema accepts, and nothing else', () => {
    let accepted = 0
    let refused = 0
    fc.assert(
      fc.property(documents, (document) => {
        const expected = accepts(document)
        if (expected) accepted++
        else refused++
        expect({ document, accepted: validate(document).length === 0 }).toEqual({ document, accepted: expected })
      }),
      { numRuns: 3000 },
    )
    expect(Math.min(accepted, refused)).toBeGreaterThan(300)
  })
})
