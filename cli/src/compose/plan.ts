import { isEmptyPlan, type Plan } from '@windflow/engine'
import type { InvocationOf } from '../command-line/commands.ts'
import type { CommandContext } from '../context.ts'
import { showDiagnostics } from '../diagnostics.ts'
import { desiredState } from '../project/desired.ts'
import { loadProject } from '../project/load.ts'
import { planText } from '../show/plan.ts'
import { onInterrupt } from './interrupt.ts'
import { planOptions } from './plan-options.ts'
import { outputStyle } from './progress.ts'
import { openTarget } from './target.ts'

const CHANGES = 2

/** `windflow compose plan`: exit code 0 when nothing would change, 2 when something would. */
export async function plan(invocation: InvocationOf<'plan'>, context: CommandContext): Promise<number> {
  const { options, global, operands } = invocation
  const loaded = loadProject(global, context, { enable: operands })
  showDiagnostics(loaded.warnings, context.streams)
  const desired = desiredState(loaded, 0, options.scale)
  const request = planOptions(options, operands)
  const interruption = onInterrupt(context.streams, {})
  const driver = await openTarget(context)
  try {
    const observed = await driver.observe(desired, interruption.signal)
    const made = await driver.plan(desired, observed, request, interruption.signal)
    if (!isEmptyPlan(made)) {
      const { policyWarnings } = await import('./policy-warnings.ts')
      showDiagnostics(policyWarnings(loaded), context.streams)
    }
    return showPlan(made, invocation, context)
  } finally {
    interruption.dispose()
    await driver.close()
  }
}

function showPlan(made: Plan, { options, global }: InvocationOf<'plan'>, { streams, ...rest }: CommandContext): number {
  if (options.format === 'json') {
    const { project, impact, fingerprint, changes } = made
    streams.out(`${JSON.stringify({ project, impact, fingerprint, changes })}\n`)
  } else streams.out(planText(made, outputStyle({ streams, ...rest }, global)))
  return isEmptyPlan(made) ? 0 : CHANGES
}
