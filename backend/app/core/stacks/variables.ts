import { randomBytes, randomInt } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import type { FieldProblem } from '../kernel/errors.ts'
import { looksLikeReference, parseReference } from '../secrets/reference.ts'
import type { VariableValue } from './schema.ts'

const PATTERN_MS = 50

/** Every mistake in the definitions themselves. */
export function definitionProblems(variables: readonly VariableValue[]): readonly FieldProblem[] {
  const problems: FieldProblem[] = []
  const seen = new Set<string>()
  for (const [index, variable] of variables.entries()) {
    const at = `/variables/${index}`
    if (seen.has(variable.name)) problems.push({ path: `${at}/name`, message: `"${variable.name}" is defined twice` })
    seen.add(variable.name)
    if (variable.pattern !== undefined && compiled(variable.pattern) === undefined) {
      problems.push({ path: `${at}/pattern`, message: 'is not a regular expression' })
      continue
    }
    if (variable.generate === 'password' && variable.type !== 'secret') {
      problems.push({ path: `${at}/generate`, message: 'a generated password needs the type "secret"' })
    }
    if (variable.generate === 'port' && variable.type !== 'port') {
      problems.push({ path: `${at}/generate`, message: 'a generated port needs the type "port"' })
    }
    if (variable.default === undefined) continue
    if (variable.type === 'secret')
      problems.push({ path: `${at}/default`, message: 'a secret has no default: everybody would know it' })
    else if (valueProblem(variable, variable.default) !== undefined) {
      problems.push({ path: `${at}/default`, message: valueProblem(variable, variable.default) ?? '' })
    }
  }
  return problems
}

/** Every mistake in given values: unknown names, missing ones, wrong ones. */
export function valueProblems(
  variables: readonly VariableValue[],
  values: Readonly<Record<string, string>>,
): readonly FieldProblem[] {
  const problems: FieldProblem[] = []
  const known = new Map(variables.map((variable) => [variable.name, variable]))
  for (const [name, value] of Object.entries(values)) {
    const variable = known.get(name)
    const message = variable === undefined ? 'the stack has no such variable' : valueProblem(variable, value)
    if (message !== undefined) problems.push({ path: `/variables/${name}`, message })
  }
  for (const variable of variables) {
    const missing = variable.required && variable.default === undefined && values[variable.name] === undefined
    if (missing) problems.push({ path: `/variables/${variable.name}`, message: 'is required' })
  }
  return problems
}

function valueProblem(variable: VariableValue, value: string): string | undefined {
  if (looksLikeReference(value)) {
    return parseReference(value) === undefined
      ? 'is not a secret reference: write secret://NAME or secret://NAME@VERSION'
      : undefined
  }
  if (variable.options !== undefined && !variable.options.includes(value))
    return `is not one of ${variable.options.join(', ')}`
  if (variable.pattern !== undefined && !matches(variable.pattern, value)) return `does not match ${variable.pattern}`
  switch (variable.type) {
    case 'string':
      return undefined
    case 'number':
      return value.trim() !== '' && Number.isFinite(Number(value)) ? undefined : 'is not a number'
    case 'boolean':
      return value === 'true' || value === 'false' ? undefined : 'is neither true nor false'
    case 'port':
      return /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65535
        ? undefined
        : 'is not a port from 1 to 65535'
    case 'secret':
      return 'must be a secret reference: write secret://NAME'
  }
}

function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u')
  } catch {
    return undefined
  }
}

/** A pattern comes from a person and may take forever (ReDoS): it gets a time limit, past which the value is refused. */
function matches(pattern: string, value: string): boolean {
  const expression = compiled(pattern)
  if (expression === undefined) return false
  try {
    return runInNewContext('expression.test(value)', { expression, value }, { timeout: PATTERN_MS }) === true
  } catch {
    return false
  }
}

/** A value for a variable that is made for each deployment. A password is for a secret, never stored as a value. */
export function generated(kind: 'password' | 'port'): string {
  return kind === 'password' ? randomBytes(24).toString('base64url') : String(randomInt(20_000, 30_000))
}

/** Values to check a stack with before anybody has given real ones. */
export function exampleValues(variables: readonly VariableValue[]): Readonly<Record<string, string>> {
  const examples = { string: 'example', number: '1', boolean: 'true', port: '8080', secret: 'example' }
  return Object.fromEntries(
    variables.map((variable) => [variable.name, variable.default ?? variable.options?.[0] ?? examples[variable.type]]),
  )
}
