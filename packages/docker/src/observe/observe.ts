import {
  type Desired,
  needsInspection,
  networkName,
  type Observed,
  type ObservedContainer,
  type ObservedNetwork,
  type ObservedVolume,
  volumeName,
} from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import { inspectContainer, listContainers } from '../api/containers.ts'
import { isNotFound } from '../api/errors.ts'
import { inspectNetwork, listNetworks } from '../api/networks.ts'
import type { Json, NetworkInspect, VolumeInspect } from '../api/types.ts'
import { inspectVolume, listVolumes } from '../api/volumes.ts'
import { networkAttributes, volumeAttributes } from '../attributes/objects.ts'
import { LABEL } from '../labels.ts'
import type { LocalImages } from '../local-images.ts'
import { inspectedContainer, observedContainer } from './container.ts'

/** What was seen, and what the images give by themselves: needed to tell a wish of the author's from a default. */
export interface DockerObserved extends Observed {
  /** By image reference of the model. */
  readonly imageConfigs: Readonly<Record<string, Json>>
  readonly apiVersion: string
}

/**
 * Looks at one project: containers, networks, volumes and images at once; closer only at what may have changed. Never
 * writes.
 */
export async function observeProject(
  engine: EngineClient,
  images: LocalImages,
  desired: Desired,
  signal: AbortSignal,
): Promise<DockerObserved> {
  const at = new Date().toISOString()
  const filters = { label: [`${LABEL.project}=${desired.project}`] }
  const { model } = desired
  const [summaries, networks, volumes, local] = await Promise.all([
    listContainers(engine, { all: true, filters }, signal),
    observeNetworks(engine, desired, signal),
    observeVolumes(engine, desired, signal),
    images.observe(model, signal),
  ])
  const containers = summaries.map(observedContainer)
  return {
    project: desired.project,
    at,
    // Known from the answers by now.
    apiVersion: await engine.apiVersion(signal),
    containers: await lookCloser(engine, images, desired, containers, signal),
    networks,
    volumes,
    images: local,
    imageConfigs: Object.fromEntries(Object.entries(local).map(([reference, image]) => [reference, image.config])),
  }
}

async function lookCloser(
  engine: EngineClient,
  images: LocalImages,
  desired: Desired,
  containers: readonly ObservedContainer[],
  signal: AbortSignal,
): Promise<ObservedContainer[]> {
  const closer = new Set(needsInspection(desired, containers).map(({ id }) => id))
  if (closer.size === 0) return [...containers]
  const { attributesOf } = await import('../attributes/body.ts')
  const seen = await Promise.all(
    containers.map(async (container) => {
      if (!closer.has(container.id)) return container
      try {
        const inspect = await inspectContainer(engine, container.id, signal)
        const image = await images.get(inspect.Image, signal)
        const attributes = attributesOf(inspect, image?.config ?? {}, desired.model)
        return inspectedContainer(container, inspect, attributes)
      } catch (error) {
        // Removed since it was listed.
        if (isNotFound(error)) return undefined
        throw error
      }
    }),
  )
  return seen.filter((container) => container !== undefined)
}

async function observeNetworks(
  engine: EngineClient,
  desired: Desired,
  signal: AbortSignal,
): Promise<ObservedNetwork[]> {
  const { model, project } = desired
  const own = await listNetworks(engine, { label: [`${LABEL.project}=${project}`] }, signal)
  const byName = new Set(own.map(({ Name }) => Name))
  const missing = Object.keys(model.networks ?? {}).filter((key) => !byName.has(networkName(model, key)))
  const others = await Promise.all(missing.map((key) => findNetwork(engine, networkName(model, key), signal)))
  return [...own, ...others.filter((network) => network !== undefined)].map((network) =>
    observedNetwork(network, desired),
  )
}

/** By its exact name; the engine also answers to the beginning of an id. */
async function findNetwork(
  engine: EngineClient,
  name: string,
  signal: AbortSignal,
): Promise<NetworkInspect | undefined> {
  try {
    const network = await inspectNetwork(engine, name, signal)
    return network.Name === name || network.Id === name ? network : undefined
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

function observedNetwork(network: NetworkInspect, { model, project, hashes }: Desired): ObservedNetwork {
  const labels = network.Labels ?? {}
  const key = labels[LABEL.network]
  const configHash = labels[LABEL.configHash]
  const composeVersion = labels[LABEL.version]
  const definition = key === undefined ? undefined : model.networks?.[key]
  return {
    id: network.Id,
    name: network.Name,
    foreign: labels[LABEL.project] !== project,
    ...(key !== undefined && { key }),
    ...(configHash !== undefined && { configHash }),
    ...(composeVersion !== undefined && { composeVersion }),
    ...(key !== undefined &&
      definition &&
      configHash !== hashes.networks[key] && { attributes: networkAttributes(network, definition) }),
  }
}

async function observeVolumes(engine: EngineClient, desired: Desired, signal: AbortSignal): Promise<ObservedVolume[]> {
  const { model, project } = desired
  const own = await listVolumes(engine, { label: [`${LABEL.project}=${project}`] }, signal)
  const byName = new Set(own.map(({ Name }) => Name))
  const missing = Object.keys(model.volumes ?? {}).filter((key) => !byName.has(volumeName(model, key)))
  const others = await Promise.all(missing.map((key) => findVolume(engine, volumeName(model, key), signal)))
  return [...own, ...others.filter((volume) => volume !== undefined)].map((volume) => observedVolume(volume, desired))
}

async function findVolume(engine: EngineClient, name: string, signal: AbortSignal): Promise<VolumeInspect | undefined> {
  try {
    return await inspectVolume(engine, name, signal)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

function observedVolume(volume: VolumeInspect, { project, hashes }: Desired): ObservedVolume {
  const labels = volume.Labels ?? {}
  const key = labels[LABEL.volume]
  const configHash = labels[LABEL.configHash]
  const composeVersion = labels[LABEL.version]
  return {
    name: volume.Name,
    foreign: labels[LABEL.project] !== project,
    ...(key !== undefined && { key }),
    ...(configHash !== undefined && { configHash }),
    ...(composeVersion !== undefined && { composeVersion }),
    ...(key !== undefined && configHash !== hashes.volumes[key] && { attributes: volumeAttributes(volume) }),
  }
}
