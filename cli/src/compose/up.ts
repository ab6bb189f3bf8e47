import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DockerObserved } from '@windflow/docker'
import type { Desired, Driver, OperationResult } from '@windflow/engine'
import type { InvocationOf } from '../command-line/commands.ts'
import type { CommandContext } from '../context.ts'
import { showDiagnostics } from '../diagnostics.ts'
import { desiredState } from '../project/desired.ts'
import { type LoadedProject, loadProject } from '../project/load.ts'
import { type LateDesired, lateDesired } from '../releases/late-desired.ts'
import { isLatestOpen, nextReleaseNumber, releasesFolder } from '../releases/numbers.ts'
import type { ReleaseRecorder } from '../releases/recorder.ts'
import { deployRelease } from './deploy-release.ts'
import { type Interrupted, type Interruption, onInterrupt } from './interrupt.ts'
import { exitCodeOf, showOutcome } from './outcome.ts'
import { planOptions } from './plan-options.ts'
import { errorStyle } from './progress.ts'
import { openTarget } from './target.ts'

/** Another `up` of the same folder may take the number of a release that waits for the lock. */
const NUMBER_ATTEMPTS = 3

/** `windflow compose up`: plan, apply, gate, and the previous state back on failure. */
export async function up(invocation: InvocationOf<'up'>, context: CommandContext): Promise<number> {
  const { options, global, operands } = invocation
  if (options['dry-run'] || global['dry-run']) {
    const { plan } = await import('./plan.ts')
    return (await plan({ ...invocation, command: 'plan' }, context)) === 1 ? 1 : 0
  }
  const loaded = loadProject(global, context, { enable: operands })
  showDiagnostics(loaded.warnings, context.streams)
  const interruption = onInterrupt(context.streams, {
    first: 'interrupted: leaving everything in order (Ctrl-C once more to leave at once)',
    second: 'left at once, half done: `windflow compose up` or `windflow compose rollback` puts it in order',
  })
  const driver = await openTarget(context)
  try {
    const attempt = await withNumber((release) =>
      new Attempt(invocation, context, loaded, driver, release).run(interruption.signal),
    )
    const code = attempt.show()
    if (code === 0 && options.attach !== undefined) return await attempt.attach(interruption)
    return interruption.signal.aborted ? (interruption.signal.reason as Interrupted).exitCode : code
  } finally {
    interruption.dispose()
    await driver.close()
  }

  async function withNumber(run: (release: number) => Promise<Attempt>): Promise<Attempt> {
    for (let count = 1; ; count++) {
      const attempt = await run(nextReleaseNumber(releasesFolder(loaded.folder, loaded.model.name)))
      if (!attempt.numberTaken || count === NUMBER_ATTEMPTS) return attempt
    }
  }
}

/** One deployment under one release number. */
class Attempt {
  readonly #invocation: InvocationOf<'up'>
  readonly #context: CommandContext
  readonly #loaded: LoadedProject
  readonly #driver: Driver<DockerObserved>
  readonly #desired: Desired
  readonly #previous: LateDesired | undefined
  #warned = false
  #recorder: ReleaseRecorder | undefined
  #result: OperationResult | undefined

  constructor(
    invocation: InvocationOf<'up'>,
    context: CommandContext,
    loaded: LoadedProject,
    driver: Driver<DockerObserved>,
    release: number,
  ) {
    this.#invocation = invocation
    this.#context = context
    this.#loaded = loaded
    this.#driver = driver
    this.#desired = desiredState(loaded, release, invocation.options.scale)
    const current = join(releasesFolder(loaded.folder, this.#desired.project), 'current.json')
    this.#previous = existsSync(current) ? lateDesired(this.#desired.project) : undefined
  }

  async run(signal: AbortSignal): Promise<this> {
    const { options, global, operands } = this.#invocation
    this.#result = await deployRelease({
      command: 'up',
      context: this.#context,
      global,
      driver: this.#driver,
      desired: this.#desired,
      options: planOptions(options, operands),
      ...(this.#previous && { previous: this.#previous.desired }),
      signal,
      json: options.format === 'json',
      yes: options.yes ?? false,
      rollback: !options['no-rollback'],
      quietPull: options['quiet-pull'] ?? false,
      quietBuild: options['quiet-build'] ?? false,
      onPlan: () => this.#warn(),
      onFirstWrite: () => this.#begin(),
    })
    if (this.#recorder) await this.#finish(this.#recorder, this.#result)
    else if (this.#result.outcome.status === 'unchanged') await this.#settleCutOff(signal)
    return this
  }

  async #settleCutOff(signal: AbortSignal): Promise<void> {
    const { folder } = this.#loaded
    const { project } = this.#desired
    if (!isLatestOpen(releasesFolder(folder, project))) return
    const [{ settleCutOff }, { ReleaseStore }] = await Promise.all([
      import('../releases/cut-off.ts'),
      import('../releases/store.ts'),
    ])
    const store = new ReleaseStore({ folder, project, env: this.#context.env })
    await settleCutOff(this.#driver, store, this.#desired, signal)
  }

  get numberTaken(): boolean {
    return this.#result?.outcome.failure?.code === 'releases/number-taken'
  }

  show(): 0 | 1 {
    const { options, global } = this.#invocation
    if (!this.#result) return 1
    const { project, release } = this.#desired
    const done = options['no-gate'] ? 'was started' : 'is running'
    return showOutcome(this.#result, this.#context, {
      json: options.format === 'json',
      style: errorStyle(this.#context, global),
      words: {
        succeeded: this.#recorder ? `release ${release} of ${project} ${done}` : `${project} ${done}`,
        unchanged: `${project}: nothing to change`,
      },
      ...(this.#recorder && exitCodeOf(this.#result.outcome) === 0 && { extra: { release } }),
    })
  }

  async attach(interruption: Interruption): Promise<number> {
    const { followLogs } = await import('./attach.ts')
    return followLogs(this.#invocation, this.#context, {
      driver: this.#driver,
      model: this.#desired.model,
      interruption,
    })
  }

  /** Told once, and only where something changes. */
  async #warn(): Promise<void> {
    if (this.#warned) return
    this.#warned = true
    const { policyWarnings } = await import('./policy-warnings.ts')
    showDiagnostics(policyWarnings(this.#loaded), this.#context.streams)
  }

  /** A folder that cannot be written to is no reason not to deploy; one whose key is damaged is: nothing was touched. */
  async #begin(): Promise<void> {
    if (this.#previous) await this.#readPrevious()
    const { ReleaseRecorder } = await import('../releases/recorder.ts')
    const { options, operands } = this.#invocation
    const recorder = new ReleaseRecorder({
      loaded: this.#loaded,
      desired: this.#desired,
      env: this.#context.env,
      reason: options.message,
      services: operands,
    })
    try {
      recorder.begin()
      this.#recorder = recorder
    } catch (error) {
      if (!isUnwritable(error)) throw error
      const where = `${this.#loaded.folder}/.windflow`
      this.#context.streams.err(
        `warning: no release is kept, ${where} cannot be written: ${(error as Error).message}\n`,
      )
    }
  }

  async #finish(recorder: ReleaseRecorder, { outcome }: OperationResult): Promise<void> {
    const look = outcome.status === 'succeeded'
    // The release worked whether or not its images can be asked for once more.
    const observed = look
      ? await this.#driver.observe(this.#desired, AbortSignal.timeout(10_000)).catch(() => undefined)
      : undefined
    try {
      recorder.finish(outcome, observed?.images)
    } catch (error) {
      const why = error instanceof Error ? error.message : error
      this.#context.streams.err(
        `warning: how release ${this.#desired.release} ended could not be written down: ${why}\n`,
      )
    }
  }

  /** One that cannot be read is as if it were not known: the way back can then use what is still there. */
  async #readPrevious(): Promise<void> {
    const { env, streams } = this.#context
    const { runningRelease } = await import('../releases/running.ts')
    try {
      const running = runningRelease({ folder: this.#loaded.folder, project: this.#desired.project, env })
      if (running) this.#previous?.settle(running)
    } catch (error) {
      const why = error instanceof Error ? error.message : error
      streams.err(`warning: the current release cannot be read, so only what is still there can be put back: ${why}\n`)
    }
  }
}

function isUnwritable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return (
    typeof code === 'string' && ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST'].includes(code)
  )
}
