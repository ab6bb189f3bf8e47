import { composeFileJsonSchema } from './json-schema.ts'

const keywords = [
  'type',
  'enum',
  'pattern',
  'minimum',
  'maximum',
  'properties',
  'patternProperties',
  'additionalProperties',
  'required',
  'items',
  'uniqueItems',
  'anyOf',
]
const annotations = ['$schema', '$id', '$defs', '$comment', 'description', 'deprecated', 'default']

/**
 * The rules as a TypeScript module. Equal parts become one constant, whatever place they stand in, which makes the
 * module small and quick to load.
 */
export function printRules(): string {
  const schema = composeFileJsonSchema()
  const definitions = record(schema.$defs)
  const constants = new Map<string, string>()
  const lines: string[] = []

  function share(text: string): string {
    if (text.length < 12) return text
    let name = constants.get(text)
    if (name === undefined) {
      name = `r${constants.size}`
      constants.set(text, name)
      lines.push(`const ${name}: Rule = ${text}`)
    }
    return name
  }

  function rule(value: unknown): string {
    const node = record(value)
    if (typeof node.$ref === 'string') return rule(definitions[node.$ref.replace('#/$defs/', '')])
    const parts: string[] = []
    for (const [keyword, content] of Object.entries(node)) {
      if (annotations.includes(keyword)) continue
      if (!keywords.includes(keyword)) throw new Error(`validate.ts knows nothing of the keyword ${keyword}`)
      parts.push(`${keyword}:${printKeyword(keyword, content)}`)
    }
    return share(`{${parts.join(',')}}`)
  }

  function printKeyword(keyword: string, content: unknown): string {
    if (keyword === 'properties' || keyword === 'patternProperties') {
      const entries = Object.entries(record(content)).map(([key, value]) => `${JSON.stringify(key)}:${rule(value)}`)
      return `{${entries.join(',')}}`
    }
    if (keyword === 'items') return rule(content)
    if (keyword === 'anyOf' && Array.isArray(content)) return `[${content.map(rule).join(',')}]`
    return JSON.stringify(content)
  }

  const root = rule(schema)
  return [
    '// Written by scripts/write-rules.ts from the schema in this folder. Change that instead.',
    "import type { Rule } from './rule.ts'",
    ...lines,
    `export const rules: Rule = ${root}`,
    '',
  ].join('\n')
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not a schema')
  return { ...value }
}
