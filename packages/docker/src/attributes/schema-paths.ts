/** A part of a JSON schema, as far as attribute names are concerned. */
interface Schema {
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly definitions?: Readonly<Record<string, Schema>>
}

/**
 * Every attribute the Compose schema knows, in the form of `Attribute.path`: names the author chooses as `*`, entries
 * of lists as `[]`. Extensions (`x-`) are left out.
 */
export function attributePaths(schema: Schema): string[] {
  const paths = new Set<string>()
  const definitions = schema.definitions ?? {}
  const walk = (part: Schema, path: string): void => {
    const name = part.$ref?.split('/').at(-1)
    if (name !== undefined) walk(definitions[name] ?? {}, path)
    for (const form of [...(part.oneOf ?? []), ...(part.anyOf ?? []), ...(part.allOf ?? [])]) walk(form, path)
    for (const [key, nested] of Object.entries(part.properties ?? {})) {
      const inside = path === '' ? key : `${path}.${key}`
      paths.add(inside)
      walk(nested, inside)
    }
    for (const [pattern, nested] of Object.entries(part.patternProperties ?? {}))
      if (pattern !== '^x-') walk(nested, `${path}.*`)
    if (typeof part.additionalProperties === 'object') walk(part.additionalProperties, `${path}.*`)
    if (part.items) walk(part.items, `${path}[]`)
  }
  walk(schema, '')
  return [...paths]
}
