import type { Project } from '@windflow/compose'
import type { Desired } from '../driver.ts'
import type { FieldChange } from '../plan.ts'
import type { Expectations, ResolveContainer } from './expect.ts'
import { differences } from './fields.ts'
import { referencedServices } from './graph.ts'
import { imageReference, volumeName } from './names.ts'
import type { Observed, ObservedContainer } from './observed.ts'

export type Comparison =
  | { readonly same: true }
  | { readonly same: false; readonly reason: string; readonly fields: readonly FieldChange[] }

const SAME: Comparison = { same: true }

/**
 * The Compose release whose hashes we write. A different hash written by it means a different definition; one written
 * by any other release may only mean another way of hashing.
 */
const HASHED_AS = /^v?5\.6\./

/** Whether a container is what the model wants, its name, networks and running state left aside. */
export function compareContainer(
  desired: Desired,
  observed: Observed,
  container: ObservedContainer,
  expectations: Expectations,
  resolve: ResolveContainer,
): Comparison {
  if (container.state === 'dead' || container.state === 'removing') {
    return { same: false, reason: `it is ${container.state}`, fields: [] }
  }
  const { model } = desired
  const definition = definitionFields(desired, container, expectations, resolve)
  const renamed = definition.some((field) => field.path === 'image')
  const fields = [
    ...definition,
    // Another name says enough: that its id differs as well is no second change.
    ...(renamed ? [] : imageFields(model, observed, container)),
    ...mountFields(model, container),
  ]
  if (fields.length === 0) return SAME
  const paths = [...new Set(fields.map((field) => field.path.split(/[.[]/, 1)[0] || 'definition'))]
  return { same: false, reason: `${paths.join(', ')} changed`, fields: fields.filter((field) => field.path !== '') }
}

/** Empty when the definition is the same; one entry without a path when it differs in a way that cannot be shown. */
function definitionFields(
  desired: Desired,
  container: ObservedContainer,
  expectations: Expectations,
  resolve: ResolveContainer,
): FieldChange[] {
  const { model } = desired
  const name = container.service
  const service = model.services[name]
  const refers = service !== undefined && referencedServices(service).length > 0
  const wanted = refers ? expectations.hash?.(model, name, resolve) : desired.hashes.services[name]
  if (wanted !== undefined && container.configHash === wanted) return []
  const shown = container.attributes
    ? differences(container.attributes, expectations.service(model, name, resolve))
    : undefined
  if (shown && shown.length > 0) return shown
  const authoritative = wanted !== undefined && HASHED_AS.test(container.composeVersion ?? '')
  return shown && !authoritative ? [] : [{ path: '' }]
}

function imageFields(model: Project, observed: Observed, container: ObservedContainer): FieldChange[] {
  const reference = imageReference(model, container.service)
  const image = observed.images[reference]
  // Not local: the pull that precedes the change says what it is, and the plan is made again after it.
  if (!image || container.imageLabel === image.id || container.imageId === image.id) return []
  const before = container.imageId ?? container.imageLabel
  if (before === undefined) return []
  return [{ path: 'image', before: shortId(before), after: `${reference} (${shortId(image.id)})` }]
}

function mountFields(model: Project, container: ObservedContainer): FieldChange[] {
  const mounted = new Set(container.mounts.filter((mount) => mount.type === 'volume').map((mount) => mount.source))
  return (model.services[container.service]?.volumes ?? []).flatMap((mount, i) => {
    if (mount.type !== 'volume' || !mount.source) return []
    const name = volumeName(model, mount.source)
    return mounted.has(name) ? [] : [{ path: `volumes[${i}].source`, after: name }]
  })
}

/** The first twelve digits of an id, as the docker command shows them. */
function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12)
}

/** Whether a network or volume of the engine is what the model wants. Without a hash it is left as it is. */
export function compareObject(
  observed: {
    readonly configHash?: string
    readonly composeVersion?: string
    readonly attributes?: Readonly<Record<string, unknown>>
  },
  hash: string | undefined,
  expected: Readonly<Record<string, unknown>> | undefined,
): Comparison {
  if (observed.configHash === undefined || hash === undefined || observed.configHash === hash) return SAME
  const fields = observed.attributes && expected ? differences(observed.attributes, expected) : undefined
  if (fields && fields.length > 0) return { same: false, reason: 'configuration changed', fields }
  if (fields && !HASHED_AS.test(observed.composeVersion ?? '')) return SAME
  return { same: false, reason: 'configuration changed', fields: [] }
}
