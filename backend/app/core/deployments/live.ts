import type { Driver, Observed, Plan } from '@windflow/engine'
import type { Scope } from '../db/scope.ts'
import { DomainError } from '../kernel/errors.ts'
import type { Points } from '../kernel/points.ts'
import { Redactor } from '../secrets/redactor.ts'
import type { Stacks } from '../stacks/stacks.ts'
import type { Targets } from '../targets/targets.ts'
import type { Deployments } from './deployments.ts'
import { refusedFindings } from './policy.ts'
import type { DeploymentRow, Release } from './repository.ts'
import { checkOut } from './worker/checkout.ts'
import { draftRelease, nothingDesired, type Resolved, resolveRelease } from './worker/desired.ts'

export interface LiveParts {
  readonly data: string
  readonly points: Points
  readonly stacks: Stacks
  readonly targets: Targets
  readonly deployments: Deployments
}

/** A deployment with an open way to its target. Whoever opened it disposes of it. */
export interface LiveDeployment extends AsyncDisposable {
  readonly deployment: DeploymentRow
  readonly driver: Driver
}

export interface PlanPreview {
  readonly plan: Plan
  /** What the content policy refuses without `deployment:privileged`. */
  readonly refused: readonly {
    readonly code: string
    readonly path: string
    readonly message: string
    readonly hint: string
  }[]
}

/** What needs a live engine and changes nothing: plans, containers, logs, numbers. A worker's work. */
export class Live {
  readonly #parts: LiveParts
  constructor(parts: LiveParts) {
    this.#parts = parts
  }

  async open(scope: Scope, id: string): Promise<LiveDeployment> {
    const { deployments, targets, points } = this.#parts
    const deployment = await deployments.get(scope, id)
    const target = await targets.get(scope, deployment.target_id)
    const factory = points.get('targetDriver', target.kind)
    if (factory === undefined) {
      throw new DomainError('unavailable', 'no-driver', `nothing here drives targets of the kind "${target.kind}"`)
    }
    const driver = await factory.open(await targets.connection(scope, target.id))
    return { deployment, driver, [Symbol.asyncDispose]: () => driver.close() }
  }

  /** What a deploy would change now, without secrets. Nothing is stored. */
  async plan(scope: Scope, id: string, signal: AbortSignal): Promise<PlanPreview> {
    const { stacks, points, data } = this.#parts
    await using live = await this.open(scope, id)
    const { deployment, driver } = live
    const version = await stacks.version(scope, deployment.stack_id, deployment.stack_version)
    const folder = await checkOut(data, version)
    const draft = await draftRelease(points, scope, deployment, version, folder)
    const release = { ...draft, number: deployment.latest_release + 1 }
    const { desired, redactor } = await resolveRelease(points, scope, deployment, release, {
      operation: '',
      folder,
      entry: version.entry,
    })
    const observed = await driver.observe(desired, signal)
    const plan = await driver.plan(desired, observed, { removeOrphans: deployment.options.removeOrphans }, signal)
    const refused = refusedFindings(desired).map(({ code, path, message, hint }) => ({ code, path, message, hint }))
    return redactor.value({ plan, refused })
  }

  /** How what runs differs from the current release: the changes that would put it right. */
  async drift(scope: Scope, id: string, signal: AbortSignal): Promise<Plan> {
    await using live = await this.open(scope, id)
    const { deployment, driver } = live
    if (deployment.current_release === null) {
      throw new DomainError('conflict', 'not-deployed', 'the deployment has no release to compare with', {
        hint: 'deploy it first',
      })
    }
    const { release } = await this.#parts.deployments.release(scope, id, deployment.current_release)
    const { desired, redactor } = await this.#resolve(scope, deployment, release)
    const observed = await driver.observe(desired, signal)
    return redactor.value(
      await driver.plan(desired, observed, { removeOrphans: true, pull: 'never', build: false }, signal),
    )
  }

  /** Containers of the deployment, on targets that have such. */
  async containers(scope: Scope, id: string, signal: AbortSignal): Promise<Observed['containers']> {
    await using live = await this.open(scope, id)
    const observed = await live.driver.observe(nothingDesired(live.deployment, ''), signal)
    return isObserved(observed) ? observed.containers : []
  }

  /** What takes the secrets of the current release out of lines that are shown. */
  async redactor(scope: Scope, deployment: DeploymentRow): Promise<Redactor> {
    if (deployment.current_release === null) return new Redactor([])
    const { release } = await this.#parts.deployments.release(scope, deployment.id, deployment.current_release)
    return (await this.#resolve(scope, deployment, release)).redactor
  }

  async #resolve(scope: Scope, deployment: DeploymentRow, release: Release): Promise<Resolved> {
    const { stacks, points, data } = this.#parts
    const version = await stacks.version(scope, deployment.stack_id, release.stack_version)
    const folder = await checkOut(data, version)
    return resolveRelease(points, scope, deployment, release, { operation: '', folder, entry: version.entry })
  }
}

function isObserved(value: unknown): value is Observed {
  return typeof value === 'object' && value !== null && 'containers' in value && Array.isArray(value.containers)
}
