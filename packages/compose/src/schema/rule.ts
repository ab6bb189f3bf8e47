/**
 * The keywords of JSON schema that the rules for Compose files use, without descriptions. A form used in several places
 * is one object referred to several times.
 */
export type Rule = {
  readonly type?: string | readonly string[]
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: { readonly [key: string]: Rule }
  readonly patternProperties?: { readonly [pattern: string]: Rule }
  readonly additionalProperties?: false
  readonly required?: readonly string[]
  readonly items?: Rule
  readonly uniqueItems?: boolean
  readonly anyOf?: readonly Rule[]
}
