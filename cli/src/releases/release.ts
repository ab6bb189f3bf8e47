import type { Desired } from '@windflow/engine'

/**
 * applying → succeeded | failed | rolled_back. `rolled_back`: it failed and what ran before it was put back;
 * `failed`: it failed, or was cut off, and nothing was put back.
 */
export type ReleaseStatus = 'applying' | 'succeeded' | 'failed' | 'rolled_back'

/** What anybody who may read the project folder may know of a release: no value of it, no secret. */
export interface Release {
  readonly number: number
  readonly project: string
  readonly status: ReleaseStatus
  /** `user@host`. */
  readonly author: string
  readonly reason?: string
  /** RFC 3339. */
  readonly createdAt: string
  readonly finishedAt?: string
  /** Services it was asked for; absent means all. */
  readonly services?: readonly string[]
  /** Images by service, with the digest that identifies what ran. */
  readonly images: Readonly<Record<string, ReleaseImage>>
  /** Names of the files it was made from. */
  readonly files: readonly string[]
  /** Id of the key that its content is encrypted with. */
  readonly key: string
  /** Why it failed, in a sentence. */
  readonly failure?: string
}

export interface ReleaseImage {
  readonly reference: string
  /** Local image id that ran. */
  readonly id?: string
  /** `name@sha256:…`, where it came from a registry. */
  readonly digest?: string
}

/** What it takes to deploy the release again exactly. Stored encrypted. */
export interface ReleaseContent {
  readonly model: Desired['model']
  readonly hashes: Desired['hashes']
  readonly source: NonNullable<Desired['source']>
  /** Variables that configs and secrets take their content from. */
  readonly environment: Readonly<Record<string, string>>
  /** Every file that was read, as it was. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
}

/** The pointer to what runs, and the highest number there was when it was moved. */
export interface Current {
  readonly release: number
  readonly seen: number
}

/**
 * The release that a rollback without a number means: after an `up` that failed or was cut off, the current one (the
 * last that worked); otherwise the last that worked before the current one. Undefined when there is none. Pure.
 */
export function rollbackTarget(releases: readonly Release[], current: Current | undefined): Release | undefined {
  const worked = releases.filter((release) => release.status === 'succeeded')
  if (!current) return worked.at(-1)
  const unsettled = releases.some((release) => release.number > current.seen && release.status !== 'succeeded')
  if (unsettled) return worked.find((release) => release.number === current.release) ?? worked.at(-1)
  return worked.findLast((release) => release.number < current.release)
}

/** Numbers that may go when only `keep` are kept: never the current one, the one before it, or one being applied. Pure. */
export function surplus(releases: readonly Release[], current: Current | undefined, keep: number): readonly number[] {
  const before = rollbackTarget(releases, current && { ...current, seen: Number.MAX_SAFE_INTEGER })
  const held = new Set([current?.release, before?.number])
  const loose = releases.filter((release) => release.status !== 'applying' && !held.has(release.number))
  const excess = releases.length - keep
  return loose.slice(0, Math.max(0, excess)).map((release) => release.number)
}
