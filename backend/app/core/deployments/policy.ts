import { type Desired, EngineError } from '@windflow/engine'
import { checkPolicy, type Finding } from '@windflow/engine/policy'

/** What a stack asks for that lets it out of its own containers: refused unless whoever deploys may allow it. */
export function refusedFindings({ model, source }: Desired): readonly Finding[] {
  const allowedPaths = source === undefined ? [] : [source.workingDirectory]
  return checkPolicy(model, { allowedPaths }).filter(({ severity }) => severity !== 'low')
}

/** @throws EngineError of the class `policy` that lists everything refused, each at its place in the model. */
export function enforcePolicy(desired: Desired): void {
  const refused = refusedFindings(desired)
  const [first] = refused
  if (first === undefined) return
  const lines = refused.map(({ path, message, hint }) => `${path}: ${message}. ${hint}`)
  const more = refused.length === 1 ? '' : `, and ${refused.length - 1} more`
  throw new EngineError('policy', `${first.path}: ${first.message}${more}`, {
    class: 'policy',
    hint: 'change the stack, or let somebody deploy it who has the permission "deployment:privileged"',
    lines,
  })
}
