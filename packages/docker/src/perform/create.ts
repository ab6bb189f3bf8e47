import type { Project } from '@windflow/compose'
import { type Desired, EngineError, imageReference, type StepContext, type VerbStep } from '@windflow/engine'
import { createContainer, inspectContainer } from '../api/containers.ts'
import { isConflict, isNotFound } from '../api/errors.ts'
import { connectNetwork } from '../api/networks.ts'
import type { ContainerInspect, Json } from '../api/types.ts'
import { withSocketOf } from '../api-socket.ts'
import { type Creation, containerBody, linkedNames } from '../attributes/body.ts'
import type { InheritedMount } from '../attributes/field.ts'
import { refersToOthers, resolvedHash } from '../hash.ts'
import { containerLabels, LABEL } from '../labels.ts'
import { seccompProfiles } from '../profiles.ts'
import { modelOf, type Workbench } from './environment.ts'

export async function create(bench: Workbench, step: VerbStep<'create'>, context: StepContext): Promise<void> {
  const { parameters } = step
  const origin = modelOf(context, parameters.from)
  const desired = await withSocketOf(origin, parameters.service, bench.credentials, context.signal)
  const beside = Object.values(parameters.aliases).some((aliases) => !aliases.includes(parameters.service))
  // The old one serves on, and is given time to finish only if somebody talks to it.
  if (parameters.replaces !== undefined && beside) await bench.traffic.begin(parameters.replaces, context.signal)
  const creation = await creationOf(bench, parameters, desired, context.signal)
  await makeContainer(bench, parameters.name, creation, desired, context)
}

/** Makes it, or finds it made by the same operation when this step was cut off before. */
export async function makeContainer(
  bench: Workbench,
  name: string,
  creation: Creation,
  desired: Desired,
  context: StepContext,
): Promise<string> {
  const { signal } = context
  const id = await createOrFind(bench, name, creation, desired, context)
  for (const { network, endpoint } of creation.connects) {
    try {
      await connectNetwork(bench.engine, network, id, endpoint, signal)
    } catch (error) {
      // Engines say 403 for "already there".
      if (!(error instanceof EngineError) || !/already (exists|attached|connected)/i.test(error.message)) throw error
    }
  }
  return id
}

async function createOrFind(
  bench: Workbench,
  name: string,
  { body, platform }: Creation,
  desired: Desired,
  context: StepContext,
): Promise<string> {
  try {
    const asked = platform ?? bench.environment.DOCKER_DEFAULT_PLATFORM
    const options = asked ? { platform: asked } : {}
    const created = await createContainer(bench.engine, name, body, options, context.signal)
    for (const warning of created.Warnings ?? []) context.report({ message: warning })
    return created.Id
  } catch (error) {
    if (!isConflict(error)) throw error
    const existing = await inspectContainer(bench.engine, name, context.signal)
    const labels = existing.Config.Labels ?? {}
    if (
      labels[LABEL.operation] === desired.operation &&
      labels[LABEL.configHash] === body.Labels?.[LABEL.configHash] &&
      labels[LABEL.service] === body.Labels?.[LABEL.service]
    )
      return existing.Id
    throw new EngineError('name-taken', `the container name ${name} is taken${owner(existing)}`, {
      class: 'target',
      hint: 'rename or remove that container, or use another container_name or project name',
    })
  }
}

function owner(existing: ContainerInspect): string {
  const project = existing.Config.Labels?.[LABEL.project]
  return project === undefined ? ` by ${existing.Config.Image}` : ` by project ${project}`
}

async function creationOf(
  bench: Workbench,
  parameters: VerbStep<'create'>['parameters'],
  desired: Desired,
  signal: AbortSignal,
): Promise<Creation> {
  const { model } = desired
  const { service: name } = parameters
  const service = model.services[name]
  if (!service) throw new TypeError(`no service "${name}" in the model`)
  const reference = imageReference(model, name)
  const [image, references, proxies, apiVersion] = await Promise.all([
    bench.images.get(reference, signal),
    containerIds(bench, model, parameters, signal),
    bench.proxies(),
    bench.engine.apiVersion(signal),
  ])
  const mounted = await mountedImages(bench, model, name, signal)
  const resolve = (target: string) => references[target]
  const special = refersToOthers(service) || mounted.size > 0
  const hasImage = (candidate: string) => mounted.has(candidate)
  return containerBody({
    model,
    service: name,
    number: parameters.number,
    name: parameters.finalName,
    image: reference,
    labels: containerLabels(desired, {
      service: name,
      number: parameters.number,
      configHash: special ? resolvedHash(model, name, resolve, hasImage) : (desired.hashes.services[name] ?? ''),
      imageId: image?.id,
      imageVolumes: imageVolumes(model, name, mounted),
      replaces: parameters.replaces !== undefined,
    }),
    aliases: parameters.aliases,
    resolve,
    linked: (target) => linkedNames(model, target),
    apiVersion,
    sharesFiles: bench.local,
    inherited: parameters.inherit
      ? await inheritedMounts(bench, parameters.inherit, model, name, image?.config ?? {}, signal)
      : [],
    profiles: service.security_opt ? seccompProfiles(desired) : {},
    proxies,
    imageSource: (source) => (mounted.has(source) ? source : `${model.name}-${source}`),
  })
}

/** Ids of the containers a service refers to: a namespace is shared with a container, not with a name. */
async function containerIds(
  bench: Workbench,
  model: Project,
  { service: name, references }: VerbStep<'create'>['parameters'],
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const service = model.services[name]
  if (!service || !refersToOthers(service)) return {}
  const ids = Object.entries(references).map(async ([target, container]) => {
    const id = /^[0-9a-f]{64}$/.test(container)
      ? container
      : (await inspectContainer(bench.engine, container, signal)).Id
    return [target, id] as const
  })
  return Object.fromEntries(await Promise.all(ids))
}

/** Local images that mounts of the service name, under the name they have: that of an image, or of a service's build. */
async function mountedImages(
  bench: Workbench,
  model: Project,
  name: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (const { type, source } of model.services[name]?.volumes ?? []) {
    if (type !== 'image' || source === undefined) continue
    for (const reference of [source, `${model.name}-${source}`]) {
      const image = await bench.images.get(reference, signal)
      if (!image) continue
      found.set(reference, image.id)
      break
    }
  }
  return found
}

/** `target=id` of each image the service mounts, for the label by which a newer image is noticed. */
function imageVolumes(model: Project, name: string, mounted: ReadonlyMap<string, string>): string[] {
  return (model.services[name]?.volumes ?? [])
    .filter(({ type }) => type === 'image')
    .flatMap(({ source, target }) => {
      const id = mounted.get(source ?? '') ?? mounted.get(`${model.name}-${source}`)
      return id === undefined ? [] : [`${target}=${id}`]
    })
    .sort()
}

/**
 * Mounts the new container takes over: at the places the image declares as volumes, and at those the service names
 * without a source. Named ones come from the definition.
 */
async function inheritedMounts(
  bench: Workbench,
  from: string,
  model: Project,
  name: string,
  image: Json,
  signal: AbortSignal,
): Promise<InheritedMount[]> {
  const declared = new Set(Object.keys((image.Volumes as Record<string, unknown> | null | undefined) ?? {}))
  for (const mount of model.services[name]?.volumes ?? [])
    if (mount.source === undefined && mount.target !== undefined) declared.add(mount.target)
  if (declared.size === 0) return []
  let old: ContainerInspect
  try {
    old = await inspectContainer(bench.engine, from, signal)
  } catch (error) {
    // Removed by somebody else since the plan was made: there is nothing to take over.
    if (isNotFound(error)) return []
    throw error
  }
  return old.Mounts.flatMap((mount) => {
    if (mount.Type === 'tmpfs' || !declared.has(mount.Destination)) return []
    const source = mount.Type === 'volume' ? (mount.Name ?? '') : mount.Source
    return [{ type: mount.Type, source, target: mount.Destination, readOnly: !mount.RW }]
  })
}
