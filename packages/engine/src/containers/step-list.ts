import type { Change, Plan } from '../plan.ts'
import { type Phase, type Step, worstImpact } from '../plan.ts'
import { type ResourceRef, resourceKey } from '../resource.ts'
import { CONTAINER_VERBS, type ContainerVerb, type ContainerVerbs } from './steps.ts'

/**
 * The grace period is the container's own, which nobody may have looked at (databases take minutes), and `pre_stop` hooks
 * take what they take: this only bounds a stop that never ends.
 */
export const STOP_MS = 600_000

/** How long a verb may take before it counts as failed, where the step itself does not say. */
const TIMEOUT_MS: Readonly<Record<ContainerVerb, number>> = {
  pull: 1_800_000,
  build: 3_600_000,
  preflight: 30_000,
  'create-network': 60_000,
  'remove-network': 60_000,
  'create-volume': 60_000,
  'remove-volume': 60_000,
  create: 120_000,
  'pre-start': 600_000,
  start: 120_000,
  unpause: 30_000,
  stop: STOP_MS,
  rename: 30_000,
  remove: 60_000,
  gate: 330_000,
  publish: 30_000,
  withdraw: 30_000,
  connect: 30_000,
  disconnect: 30_000,
  drain: 60_000,
}

export interface StepDetails {
  readonly phase?: Phase
  readonly after?: Iterable<string | undefined>
  readonly timeoutMs?: number
  /** Tells steps of one verb on one resource apart: `publish/service/web/1/front`. */
  readonly suffix?: string
  readonly replan?: boolean
}

/** Collects the steps of a plan; `after` may name a step that is added later. */
export class StepList {
  readonly #steps = new Map<string, Step>()

  /** Adds a step and returns its id. Two steps with one id would hide each other: that is refused as a bug. */
  add<V extends ContainerVerb>(
    verb: V,
    resource: ResourceRef,
    parameters: ContainerVerbs[V],
    details: StepDetails = {},
  ): string {
    const id = stepId(verb, resource, details.suffix)
    if (this.#steps.has(id)) throw new TypeError(`two steps are called ${id}`)
    this.#steps.set(id, {
      id,
      phase: details.phase ?? 'change',
      action: verb,
      resource,
      after: [
        ...new Set([...(details.after ?? [])].filter((other) => other !== undefined && other !== id)),
      ] as string[],
      timeoutMs: details.timeoutMs ?? TIMEOUT_MS[verb],
      writes: CONTAINER_VERBS[verb].writes,
      ...(details.replan && { replan: true }),
      parameters,
    })
    return id
  }

  has(id: string): boolean {
    return this.#steps.has(id)
  }

  /** The steps, each after those it waits for; names of steps that were never added are dropped. */
  sorted(): Step[] {
    const sorted: Step[] = []
    const visited = new Set<string>()
    const visit = (step: Step): void => {
      if (visited.has(step.id)) return
      visited.add(step.id)
      const after = step.after.filter((id) => this.#steps.has(id))
      for (const id of after) {
        const earlier = this.#steps.get(id)
        if (earlier) visit(earlier)
      }
      sorted.push(after.length === step.after.length ? step : { ...step, after })
    }
    for (const phase of ['prepare', 'change', 'commit'] as const) {
      for (const step of this.#steps.values()) if (step.phase === phase) visit(step)
    }
    return sorted
  }
}

/** The id a step of this verb on this resource has. */
export function stepId(verb: ContainerVerb, resource: ResourceRef, suffix?: string): string {
  const id = `${verb}/${resourceKey(resource)}`
  return suffix === undefined ? id : `${id}/${suffix}`
}

/** `fingerprint` is worked out when somebody looks at it: nobody does where there is nothing to change, and loading what
 * hashes takes as long as the rest of such a plan. */
export function finishPlan(
  project: string,
  changes: readonly Change[],
  steps: StepList,
  fingerprint: () => string,
): Plan {
  let found: string | undefined
  return {
    project,
    changes,
    get fingerprint() {
      found ??= fingerprint()
      return found
    },
    impact: worstImpact(changes),
    steps: steps.sorted(),
  }
}
