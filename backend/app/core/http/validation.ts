import type { FastifySchemaCompiler } from 'fastify'
import { type TProperties, type TSchema, Type } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { Value } from 'typebox/value'
import { DomainError, type FieldProblem } from '../kernel/errors.ts'

/** An object whose unknown members are refused. */
export function closed<T extends TProperties>(properties: T, options: { readonly description?: string } = {}) {
  return Type.Object(properties, { ...options, additionalProperties: false })
}

/** Compiles each schema at its first use: most routes of a process are never called, and starting must stay fast. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  let validator: Validator | undefined
  return (input: unknown) => {
    validator ??= Compile(schema)
    // Only a body carries types; the rest of a request is text.
    const converted: unknown = httpPart === 'body' ? input : Value.Convert(schema, input ?? {})
    const value: unknown = Value.Default(schema, converted)
    const fields = validator.Check(value) ? zeroBytes(value, '') : fieldProblems(validator.Errors(value))
    if (fields.length === 0) return { value }
    return { error: invalid(httpPart ?? 'body', fields) }
  }
}

function invalid(part: string, fields: readonly FieldProblem[]): DomainError {
  const where = part === 'querystring' ? 'query' : part
  const many = fields.length === 1 ? 'one field is' : `${fields.length} fields are`
  return new DomainError('invalid', 'invalid-input', `${many} not valid in the ${where} of the request`, {
    fields,
    extra: { in: where },
  })
}

interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly params: object
  readonly message: string
}

/** One problem per field; a missing or unknown member is named by its own path. */
export function fieldProblems(errors: readonly SchemaError[]): readonly FieldProblem[] {
  const problems = new Map<string, FieldProblem>()
  for (const error of errors) {
    for (const problem of expand(error)) if (!problems.has(problem.path)) problems.set(problem.path, problem)
  }
  return [...problems.values()]
}

function expand({ keyword, instancePath, params, message }: SchemaError): readonly FieldProblem[] {
  const named = (names: unknown, text: string): readonly FieldProblem[] =>
    Array.isArray(names) ? names.map((name) => ({ path: `${instancePath}/${String(name)}`, message: text })) : []
  if (keyword === 'required' && 'requiredProperties' in params) return named(params.requiredProperties, 'is required')
  if (keyword === 'additionalProperties' && 'additionalProperties' in params) {
    return named(params.additionalProperties, 'is not known here')
  }
  // TypeBox reports each refused member of a closed object a second time as "schema is false".
  if (keyword === 'boolean') return []
  return [{ path: instancePath === '' ? '/' : instancePath, message }]
}

/** PostgreSQL stores no text with U+0000; saying so here beats an error from the depths. */
function zeroBytes(value: unknown, path: string): readonly FieldProblem[] {
  if (typeof value === 'string') {
    return value.includes('\u0000') ? [{ path: path || '/', message: 'must not contain the character U+0000' }] : []
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => [
    ...(key.includes('\u0000') ? [{ path: path || '/', message: 'must not contain the character U+0000' }] : []),
    ...zeroBytes(member, `${path}/${key}`),
  ])
}

/** `If-Match` of an update against the revision of what is updated (RFC 9110, section 13.1.1). */
export function checkIfMatch(header: string | undefined, revision: number): void {
  if (header === undefined || header === '*' || header === etag(revision)) return
  throw new DomainError('precondition', 'changed-meanwhile', 'it was changed since you read it', {
    hint: 'read it again and repeat your change',
    extra: { revision },
  })
}

export function etag(revision: number): string {
  return `"${revision}"`
}
