import { hostname } from 'node:os'
import type { DockerObserved } from '@windflow/docker'
import {
  type Desired,
  type Driver,
  deploy,
  EngineError,
  type OperationResult,
  type Plan,
  type PlanOptions,
} from '@windflow/engine'
import type { GlobalOptions } from '../command-line/commands.ts'
import type { CommandContext } from '../context.ts'
import { planText } from '../show/plan.ts'
import { ask, mayGoOn } from './confirm.ts'
import { errorStyle, showProgress } from './progress.ts'

/** How long another command that changes the same project is waited for. */
const LOCK_WAIT_MS = 60_000

export interface Deployment {
  /** `up`, `rollback`: for those who meet the lock. */
  readonly command: string
  readonly context: CommandContext
  readonly global: GlobalOptions
  readonly driver: Driver<DockerObserved>
  readonly desired: Desired
  readonly options: PlanOptions
  readonly previous?: Desired
  readonly signal: AbortSignal
  readonly json: boolean
  readonly yes: boolean
  readonly rollback: boolean
  readonly quietPull?: boolean
  readonly quietBuild?: boolean
  /** Called with each plan before it is shown. */
  readonly onPlan?: () => Promise<void>
  /** Called once, under the lock of the project, before the first write. */
  readonly onFirstWrite?: () => void | Promise<void>
}

/** Deploys a release with the plan shown first, the question asked where one is due, and progress. */
export async function deployRelease(deployment: Deployment): Promise<OperationResult> {
  const { context, driver, desired, options, previous, signal, rollback } = deployment
  const progress = showProgress(context, deployment)
  let begun: Promise<void> | undefined
  try {
    return await deploy(
      driver,
      { desired, options, ...(previous && { previous }) },
      {
        owner: `windflow compose ${deployment.command} (pid ${process.pid} on ${hostname()})`,
        waitMs: LOCK_WAIT_MS,
        signal,
        rollback,
        // Each plan passes `approve`, which does not let one that loses data through without a yes.
        consent: 'data-loss',
        approve: (plan) => approve(plan, deployment),
        fence() {
          begun ??= Promise.resolve(deployment.onFirstWrite?.())
          return begun
        },
        onEvent: (event) => progress.onEvent(event),
      },
    )
  } finally {
    progress.close()
  }
}

/** @throws EngineError `consent-needed` where nobody can be asked */
async function approve(plan: Plan, { context, global, json, yes, signal, onPlan }: Deployment): Promise<boolean> {
  const { streams } = context
  await onPlan?.()
  const style = errorStyle(context, global)
  if (!json && global.progress !== 'quiet' && global.progress !== 'json') streams.err(`${planText(plan, style)}\n`)
  switch (mayGoOn(plan.impact, { yes, terminal: streams.inIsTerminal && streams.errIsTerminal })) {
    case 'go':
      return true
    case 'ask':
      return ask(`Worst impact: ${plan.impact}. Go on? [y/N] `, streams, signal)
    case 'refuse':
      throw new EngineError('consent-needed', 'this would lose data, and nobody is there to be asked', {
        class: 'user',
        hint: 'look at `windflow compose plan`; give --yes to go on all the same',
      })
  }
}
