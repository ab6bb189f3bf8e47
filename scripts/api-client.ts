/**
 * TypeScript types of the API from its OpenAPI document, in the shape that openapi-fetch reads. The document is ours and
 * uses a small part of JSON Schema; what is not known here is `unknown`, never wrong.
 */
type Json = Readonly<Record<string, unknown>>

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const

/** @returns the text of `schema.generated.ts`. */
export function clientTypes(document: Json): string {
  const paths = Object.entries(object(document.paths))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, operations]) => `  ${JSON.stringify(path)}: {\n${pathMembers(object(operations))}  }\n`)
  const schemas = Object.entries(object(object(document.components).schemas)).map(
    ([name, schema]) => `    ${name}: ${type(object(schema), 2)}\n`,
  )
  return [
    '// Made from the routes of the server by `vitest run --project server backend/test/api-client -u`; do not edit.\n\n',
    `export interface paths {\n${paths.join('')}}\n\n`,
    `export interface components {\n  schemas: {\n${schemas.join('')}  }\n}\n`,
  ].join('')
}

function pathMembers(operations: Json): string {
  return METHODS.map((method) => {
    const operation = operations[method]
    return operation === undefined ? `    ${method}?: never\n` : `    ${method}: ${operationType(object(operation))}\n`
  }).join('')
}

function operationType(operation: Json): string {
  const parameters = list(operation.parameters).map(object)
  const body = object(object(object(object(operation.requestBody).content)['application/json']).schema)
  const responses = Object.entries(object(operation.responses)).map(([status, response]) => {
    const content = Object.entries(object(object(response).content)).map(
      ([media, entry]) => `${JSON.stringify(media)}: ${type(object(object(entry).schema), 5)}`,
    )
    return `        ${status}: { headers: { [name: string]: unknown }; content${content.length === 0 ? '?: never' : `: { ${content.join('; ')} }`} }\n`
  })
  const summary = typeof operation.summary === 'string' ? `/** ${operation.summary} */\n      ` : ''
  return [
    '{\n      ',
    summary,
    'parameters: {\n',
    parameterGroup(parameters, 'query'),
    `        header?: ${parameters.some((parameter) => '$ref' in parameter) ? "{ 'WindFlow-Organization'?: string }" : 'never'}\n`,
    parameterGroup(parameters, 'path'),
    '        cookie?: never\n      }\n',
    operation.requestBody === undefined
      ? '      requestBody?: never\n'
      : `      requestBody: { content: { 'application/json': ${type(body, 3, true)} } }\n`,
    `      responses: {\n${responses.join('')}      }\n    }`,
  ].join('')
}

function parameterGroup(parameters: readonly Json[], place: string): string {
  const group = parameters.filter((parameter) => parameter.in === place)
  if (group.length === 0) return `        ${place}?: never\n`
  const required = group.some((parameter) => parameter.required === true)
  const members = group.map(
    ({ name, required, schema }) => `${String(name)}${required === true ? '' : '?'}: ${type(object(schema), 5)}`,
  )
  return `        ${place}${required ? '' : '?'}: { ${members.join('; ')} }\n`
}

/** @param input whether it is sent: there a member with a default may be left out. */
function type(schema: Json, depth: number, input = false): string {
  if (typeof schema.$ref === 'string') {
    return `components['schemas']['${schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)}']`
  }
  if ('const' in schema) return JSON.stringify(schema.const)
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (Array.isArray(schema.anyOf))
    return [...new Set(schema.anyOf.map((one) => type(object(one), depth, input)))].join(' | ')
  switch (schema.type) {
    case 'string':
      return 'string'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    case 'array':
      return arrayOf(type(object(schema.items), depth, input))
    case 'object':
      return objectType(schema, depth, input)
    default:
      return 'unknown'
  }
}

function arrayOf(item: string): string {
  return /^[\w'[\]]+$/.test(item) ? `${item}[]` : `(${item})[]`
}

function objectType(schema: Json, depth: number, input: boolean): string {
  const patterns = Object.values(object(schema.patternProperties))
  if (schema.properties === undefined || Object.keys(object(schema.properties)).length === 0) {
    const [value] = patterns
    if (value !== undefined) return `{ [name: string]: ${type(object(value), depth, input)} }`
    return schema.additionalProperties === false ? 'Record<string, never>' : '{ [name: string]: unknown }'
  }
  const required = list(schema.required)
  const indent = '  '.repeat(depth + 1)
  const members = Object.entries(object(schema.properties)).map(([name, property]) => {
    const member = object(property)
    const optional = !required.includes(name) || (input && 'default' in member)
    const description = typeof member.description === 'string' ? `${indent}/** ${member.description} */\n` : ''
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
    return `${description}${indent}${key}${optional ? '?' : ''}: ${type(member, depth + 1, input)}\n`
  })
  return `{\n${members.join('')}${'  '.repeat(depth)}}`
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
