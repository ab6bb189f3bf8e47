import type { Project } from '@windflow/compose'
import type { PlanOptions } from '../driver.ts'
import { durationMs } from '../duration.ts'
import type { Change } from '../plan.ts'
import { imageReference, replicas } from './names.ts'
import type { Observed, ObservedImage } from './observed.ts'
import type { StepList } from './step-list.ts'

export interface ImagePlan {
  readonly changes: Change[]
  /** Ids of the prepare steps. */
  readonly steps: string[]
  /** Images that have to be local when the change begins. */
  readonly needed: string[]
}

/** Every image reference of the model: what an observe looks up. */
export function imageReferences(model: Project): string[] {
  const names = Object.keys(model.services).filter((name) => !model.services[name]?.provider)
  return [...new Set(names.flatMap((name) => [imageReference(model, name), ...mountedImages(model, name)]))]
}

/** Images a service uses beside its own: mounted ones and those of its `pre_start` hooks. */
function mountedImages(model: Project, name: string): string[] {
  const service = model.services[name]
  const mounted = (service?.volumes ?? []).filter((mount) => mount.type === 'image').map((mount) => mount.source)
  const hooks = (service?.pre_start ?? []).map((hook) => hook.image)
  return [...mounted, ...hooks].filter((reference) => reference !== undefined)
}

/** Services whose image the build of this one starts from or copies from (`additional_contexts: {x: service:y}`). */
function namedContexts(model: Project, name: string): string[] {
  return Object.values(model.services[name]?.build?.additional_contexts ?? {}).flatMap((context) => {
    const other = context.startsWith('service:') ? context.slice('service:'.length) : ''
    return other !== name && model.services[other] ? [other] : []
  })
}

/** What those of the services that are to be built are built from, each after what it is built from itself. */
function contextServices(
  model: Project,
  services: Iterable<string>,
  observed: Observed,
  options: PlanOptions,
): Set<string> {
  const found = new Set<string>()
  const visit = (name: string, path: readonly string[]): void => {
    if (!imageSource(model, name, observed, options).endsWith('build')) return
    for (const base of namedContexts(model, name)) {
      if (found.has(base) || path.includes(base)) continue
      visit(base, [...path, base])
      found.add(base)
    }
  }
  for (const name of services) visit(name, [name])
  return found
}

type Source = 'local' | 'pull' | 'build' | 'pull-or-build'

const DAY_MS = 86_400_000

/**
 * Which images are fetched or built before anything is touched. When a fetched image may replace one that containers
 * run, its step says `replan`: only afterwards it is known which containers change.
 */
export function planImages(
  model: Project,
  services: Iterable<string>,
  observed: Observed,
  options: PlanOptions,
  steps: StepList,
): ImagePlan {
  const plan: ImagePlan = { changes: [], steps: [], needed: [] }
  const wanted = new Map<string, { source: Source; services: string[] }>()
  const bases = contextServices(model, services, observed, options)
  for (const name of new Set([...bases, ...services])) {
    const service = model.services[name]
    if (!service || service.provider || (replicas(model, name) === 0 && !bases.has(name))) continue
    const reference = imageReference(model, name)
    const source = imageSource(model, name, observed, options)
    const entry = wanted.get(reference)
    if (entry) {
      entry.services.push(name)
      if (entry.source === 'local' || service.build) entry.source = source
    } else {
      wanted.set(reference, { source, services: [name] })
    }
  }
  for (const name of services) {
    for (const reference of mountedImages(model, name)) {
      const local = observed.images[reference]
      const service = model.services[name]
      const due = pullDue(
        options.pull ?? 'policy',
        service?.pull_policy ?? 'missing',
        service?.pull_refresh_after,
        local,
        observed.at,
      )
      if (!wanted.has(reference)) wanted.set(reference, { source: due ? 'pull' : 'local', services: [name] })
    }
  }
  const built = new Map<string, string>()
  for (const [reference, { source, services: users }] of wanted) {
    if (source === 'local') {
      plan.needed.push(reference)
      continue
    }
    const local = observed.images[reference] !== undefined
    const used = observed.containers.some((container) => !container.oneoff && users.includes(container.service))
    const resource = { kind: 'image', name: reference } as const
    const replan = used
    let pull: string | undefined
    if (source === 'pull' || source === 'pull-or-build') {
      const platform = users.map((name) => model.services[name]?.platform).find((value) => value !== undefined)
      const optional = source === 'pull-or-build'
      pull = steps.add(
        'pull',
        resource,
        { reference, ...(platform && { platform }), services: users, optional },
        { phase: 'prepare', replan },
      )
      plan.steps.push(pull)
    }
    if (source === 'build' || source === 'pull-or-build') {
      const builders = users.filter((name) => model.services[name]?.build)
      let previous = pull
      for (const service of builders) {
        const contexts = namedContexts(model, service).flatMap((base) => built.get(imageReference(model, base)) ?? [])
        previous = steps.add(
          'build',
          resource,
          { service, reference, pull: options.pull === 'always', ifMissing: source === 'pull-or-build' },
          {
            phase: 'prepare',
            after: [previous, ...contexts],
            replan,
            // One name for what several build: the last one has it, whichever engine builds.
            ...(builders.length > 1 && { suffix: service }),
          },
        )
        plan.steps.push(previous)
        built.set(reference, previous)
      }
    }
    plan.changes.push({
      resource,
      action: local ? 'update' : 'create',
      fields: [],
      reason: imageReason(source, local),
      impact: 'none',
    })
  }
  return plan
}

/** As `docker compose up` decides: a pull comes before a build of the same name, whose failure the build makes good. */
function imageSource(model: Project, name: string, observed: Observed, options: PlanOptions): Source {
  const service = model.services[name]
  const buildable = service?.build !== undefined
  const policy = service?.pull_policy ?? 'missing'
  if (buildable && options.build !== false && (options.build || policy === 'build')) return 'build'
  const pullable = service?.image !== undefined
  const asked = options.pull ?? 'policy'
  const local = observed.images[imageReference(model, name)]
  if (pullable && pullDue(asked, policy, service?.pull_refresh_after, local, observed.at)) {
    return buildable && options.build !== false ? 'pull-or-build' : 'pull'
  }
  return local || !buildable || options.build === false ? 'local' : 'build'
}

function pullDue(
  asked: NonNullable<PlanOptions['pull']>,
  policy: string,
  refreshAfter: string | undefined,
  local: ObservedImage | undefined,
  at: string,
): boolean {
  if (asked === 'never' || (asked === 'policy' && policy === 'never')) return false
  if (!local || asked === 'always') return true
  return asked === 'policy' && refreshDue(policy, refreshAfter, local.taggedAt, at)
}

function refreshDue(
  policy: string,
  refreshAfter: string | undefined,
  taggedAt: string | undefined,
  at: string,
): boolean {
  if (policy === 'always') return true
  const age = maximumAge(policy, refreshAfter)
  if (age === undefined) return false
  return taggedAt === undefined || Date.parse(at) - Date.parse(taggedAt) > age
}

function maximumAge(policy: string, refreshAfter: string | undefined): number | undefined {
  if (policy === 'daily') return DAY_MS
  if (policy === 'weekly') return 7 * DAY_MS
  if (policy.startsWith('every_')) return durationMs(policy.slice('every_'.length))
  return policy === 'refresh' && refreshAfter ? durationMs(refreshAfter) : undefined
}

function imageReason(source: Source, local: boolean): string {
  switch (source) {
    case 'pull':
      return local ? 'asked to look for a newer image' : 'not on the target yet'
    case 'build':
      return local ? 'asked to build again' : 'not built yet'
    case 'pull-or-build':
      return local
        ? 'asked to look for a newer image'
        : 'not on the target yet: pulled, or built when there is none to pull'
    case 'local':
      return ''
  }
}
