import type { PlanOptions } from '@windflow/engine'
import type { OptionsOf } from '../command-line/commands.ts'
import { UsageError } from '../command-line/usage-error.ts'

type Options = OptionsOf<'plan'> & Pick<OptionsOf<'up'>, 'wait-timeout'>

/**
 * What the flags of `plan` and `up` ask of the planner.
 * @throws UsageError for flags that contradict each other
 */
export function planOptions(options: Options, services: readonly string[]): PlanOptions {
  if (options['force-recreate'] && options['no-recreate']) {
    throw new UsageError('cli/usage', '--force-recreate and --no-recreate contradict each other', 'give one of them')
  }
  if (options['no-deps'] && services.length === 0) {
    throw new UsageError(
      'cli/usage',
      '--no-deps needs services',
      'name the services to deploy without what they depend on',
    )
  }
  const timeout = options.timeout
  return {
    ...(services.length > 0 && { services }),
    ...(options['no-deps'] && { noDeps: true }),
    ...(options['remove-orphans'] && { removeOrphans: true }),
    ...(options['force-recreate'] && { forceRecreate: true }),
    ...(options['no-recreate'] && { noRecreate: true }),
    ...(options['renew-anon-volumes'] && { renewAnonymousVolumes: true }),
    ...(options.build && { build: true }),
    ...(options.pull !== undefined && { pull: options.pull }),
    ...(options['no-gate'] && { gate: false }),
    ...(options['wait-timeout'] !== undefined && { gateTimeoutMs: options['wait-timeout'] * 1000 }),
    ...(timeout !== undefined && { stopTimeoutSeconds: timeout }),
  }
}
