import { type Static, Type } from 'typebox'
import { Id } from '../http/page.ts'
import { closed } from '../http/validation.ts'
import { Time } from '../identity/schema.ts'

/** Below the stack's folder: no way out of it, no hidden surprises of other systems. */
const FilePath = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^(?!\\.{1,2}(/|$))[^/\\\\\\u0000-\\u001f]+(/(?!\\.{1,2}(/|$))[^/\\\\\\u0000-\\u001f]+)*$',
  description: 'Relative to the folder of the stack, with /',
})

export const StackFile = closed({
  path: FilePath,
  content: Type.String({ maxLength: 1_000_000 }),
  encoding: Type.Union([Type.Literal('utf8'), Type.Literal('base64')], { default: 'utf8' }),
})
export type StackFileValue = Static<typeof StackFile>

export const VariableType = Type.Union([
  Type.Literal('string'),
  Type.Literal('number'),
  Type.Literal('boolean'),
  Type.Literal('port'),
  Type.Literal('secret'),
])

export const Variable = closed({
  name: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,99}$' }),
  type: VariableType,
  description: Type.Optional(Type.String({ maxLength: 500 })),
  group: Type.Optional(Type.String({ maxLength: 100 })),
  default: Type.Optional(Type.String({ maxLength: 4096 })),
  options: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { minItems: 1, maxItems: 200 })),
  pattern: Type.Optional(Type.String({ maxLength: 200 })),
  required: Type.Boolean({ default: false }),
  generate: Type.Optional(
    Type.Union([Type.Literal('password'), Type.Literal('port')], {
      description: 'Made when a deployment gives no value',
    }),
  ),
})
export type VariableValue = Static<typeof Variable>

export const StackName = Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' })

const content = {
  files: Type.Array(StackFile, { minItems: 1, maxItems: 200 }),
  entry: Type.Optional(
    Type.Array(FilePath, {
      minItems: 1,
      maxItems: 20,
      description: 'Compose files in their order; compose.yaml when absent',
    }),
  ),
  variables: Type.Array(Variable, { maxItems: 200, default: [] }),
}
export const StackContent = closed(content)
export type StackContentValue = Static<typeof StackContent>

export const NewStack = closed({
  name: StackName,
  description: Type.String({ maxLength: 1000, default: '' }),
  ...content,
})
export const NewVersion = closed({ note: Type.String({ maxLength: 500, default: '' }), ...content })

export const DiagnosticView = closed({
  code: Type.String(),
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
  file: Type.String(),
  line: Type.Integer(),
  column: Type.Integer(),
  message: Type.String(),
  hint: Type.Optional(Type.String()),
})
export type DiagnosticValue = Static<typeof DiagnosticView>

const stack = {
  id: Id,
  name: Type.String(),
  description: Type.String(),
  latestVersion: Type.Integer(),
  createdAt: Time,
}
export const StackView = closed(stack)

const version = {
  number: Type.Integer(),
  digest: Type.String(),
  note: Type.String(),
  createdBy: Type.Optional(Id),
  createdAt: Time,
}
export const VersionSummary = closed(version)
export const VersionView = closed({
  ...version,
  files: Type.Array(closed({ path: Type.String(), content: Type.String(), encoding: Type.String() })),
  entry: Type.Array(Type.String()),
  variables: Type.Array(Variable),
})
export const StackDetail = closed({ ...stack, version: VersionView, warnings: Type.Array(DiagnosticView) })
