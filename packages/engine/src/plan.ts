import type { ResourceRef } from './resource.ts'

export type ChangeAction = 'create' | 'update' | 'replace' | 'start' | 'stop' | 'delete' | 'none'

/** Ordered from harmless to worst; the order is used by `worstImpact`. */
export const IMPACTS = ['none', 'restart', 'downtime', 'data-loss'] as const
export type Impact = (typeof IMPACTS)[number]

/** One differing attribute. `path` is in the words of Compose (`environment.LOG_LEVEL`, `ports[0].published`).
 * When `sensitive`, `before` and `after` hold no value but a marker; the plan never contains a secret. */
export interface FieldChange {
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
  readonly sensitive?: boolean
}

export interface Change {
  readonly resource: ResourceRef
  readonly action: ChangeAction
  readonly fields: readonly FieldChange[]
  /** Why, in one sentence for a person: "image changed", "left over from an interrupted update". */
  readonly reason: string
  readonly impact: Impact
}

/** The typed difference between what was observed and what is desired. Data: made once, shown, stored, applied as shown. */
export interface Plan {
  readonly project: string
  readonly changes: readonly Change[]
  /** Digest of the part of the observed state the plan depends on; apply refuses when it no longer matches. */
  readonly fingerprint: string
  readonly impact: Impact
  /** What the driver needs to carry the plan out, as data. Only the driver that made the plan reads it. */
  readonly steps: readonly Step[]
}

/**
 * prepare: may fail without touching what runs (policy, pre-flight, pull, build).
 * change:  networks, volumes, containers, gates. A failure here puts the previous state back.
 * commit:  after the verdict: drains and removes what was replaced. A failure here is reported, never rolled back.
 */
export type Phase = 'prepare' | 'change' | 'commit'

/** One unit of work that can be repeated harmlessly. Serialisable; never holds a secret value. */
export interface Step {
  /** Unique within the plan and stable for the same plan: `create/service/web/1`. */
  readonly id: string
  readonly phase: Phase
  /** Driver's verb: `pull`, `create`, `start`, `gate`, `publish`, ... */
  readonly action: string
  readonly resource: ResourceRef
  /** Ids of steps that must have ended well first. Steps of an earlier phase always come first. */
  readonly after: readonly string[]
  readonly timeoutMs: number
  /** Whether it writes to the target: such a step checks the fence first. */
  readonly writes: boolean
  /** Only in `prepare`: its result (a newer image) decides what else changes, so the plan is made again after it. */
  readonly replan?: boolean
  readonly parameters: Readonly<Record<string, unknown>>
}

export function worstImpact(changes: readonly { readonly impact: Impact }[]): Impact {
  let worst = 0
  for (const change of changes) worst = Math.max(worst, IMPACTS.indexOf(change.impact))
  return IMPACTS[worst] ?? 'none'
}

/** True when applying the plan would write nothing. */
export function isEmptyPlan(plan: Plan): boolean {
  return plan.changes.every((change) => change.action === 'none')
}
