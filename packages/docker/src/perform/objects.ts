import { setTimeout as sleep } from 'node:timers/promises'
import { EngineError, type StepContext, type VerbStep } from '@windflow/engine'
import { ApiError, isConflict, isNotFound } from '../api/errors.ts'
import { createNetwork, inspectNetwork, listNetworks, removeNetwork } from '../api/networks.ts'
import { createVolume, removeVolume } from '../api/volumes.ts'
import { networkBody, volumeBody } from '../attributes/objects.ts'
import { LABEL, networkLabels, volumeLabels } from '../labels.ts'
import { modelOf, type Workbench } from './environment.ts'

export async function makeNetwork(
  bench: Workbench,
  step: VerbStep<'create-network'>,
  context: StepContext,
): Promise<void> {
  const { key, name, from } = step.parameters
  const desired = modelOf(context, from)
  const network = desired.model.networks?.[key]
  if (!network) throw new TypeError(`no network "${key}" in the model`)
  const labels = networkLabels(desired, key, desired.hashes.networks[key] ?? '')
  try {
    await createNetwork(bench.engine, networkBody(name, network, labels), context.signal)
  } catch (error) {
    // Made meanwhile, by a step cut off or by somebody else: what was wanted is there.
    if (!isConflict(error) || !(await networkExists(bench, name, context.signal))) throw explained(error, name)
  }
  await keepOldest(bench, name, desired.project, context.signal)
}

/**
 * Engines before 25 check for a second network of one name without a lock: a request of a killed process that is still
 * under way may make one beside ours, and from then on the name is ambiguous. Everyone keeps the oldest.
 */
async function keepOldest(bench: Workbench, name: string, project: string, signal: AbortSignal): Promise<void> {
  const filters = { name: [name], label: [`${LABEL.project}=${project}`] }
  const twins = (await listNetworks(bench.engine, filters, signal)).filter((network) => network.Name === name)
  twins.sort((a, b) => (a.Created === b.Created ? (a.Id < b.Id ? -1 : 1) : a.Created < b.Created ? -1 : 1))
  for (const twin of twins.slice(1)) {
    try {
      await removeNetwork(bench.engine, twin.Id, signal)
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}

async function networkExists(bench: Workbench, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await inspectNetwork(bench.engine, name, signal)).Name === name
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

function explained(error: unknown, name: string): unknown {
  if (!(error instanceof ApiError)) return error
  if (/pool overlaps|could not find an available|non-overlapping/i.test(error.message))
    return new EngineError('no-free-subnet', `network ${name} gets no address range: ${error.message}`, {
      class: 'target',
      hint: 'remove networks that are not used (docker network prune), or give another ipam.config.subnet',
    })
  if (/iptables failed:.*No chain\/target\/match/is.test(error.message))
    return new EngineError('firewall-changing', `network ${name} was not made: ${error.message}`, {
      class: 'transient',
      hint: "the host's firewall was being set up anew at that moment; if it stays so, restart the engine",
    })
  return error
}

export async function dropNetwork(
  bench: Workbench,
  step: VerbStep<'remove-network'>,
  context: StepContext,
): Promise<void> {
  const { id, name, optional } = step.parameters
  for (let attempt = 1; ; attempt++) {
    try {
      return await removeNetwork(bench.engine, id, context.signal)
    } catch (error) {
      if (isNotFound(error)) return
      if (!(error instanceof ApiError) || !/active endpoints|in use/i.test(error.message)) throw error
      // An endpoint of a container just removed lingers for a moment.
      if (attempt < 4) {
        await sleep(100 * attempt, undefined, { signal: context.signal })
        continue
      }
      const users = await containersOn(bench, id, context.signal)
      const used = users.length > 0 ? ` by ${users.join(', ')}` : ''
      if (optional) return context.report({ message: `network ${name} is still used${used}: left as it is` })
      throw new EngineError('network-in-use', `network ${name} cannot be removed: it is used${used}`, {
        class: 'target',
        hint: 'disconnect or remove those containers, and try again',
      })
    }
  }
}

async function containersOn(bench: Workbench, id: string, signal: AbortSignal): Promise<string[]> {
  try {
    return Object.values((await inspectNetwork(bench.engine, id, signal)).Containers ?? {}).map(({ Name }) => Name)
  } catch (error) {
    if (isNotFound(error)) return []
    throw error
  }
}

/** The engine answers with the volume that is there, so repeating it changes nothing. */
export async function makeVolume(
  bench: Workbench,
  step: VerbStep<'create-volume'>,
  context: StepContext,
): Promise<void> {
  const { key, name, from } = step.parameters
  const desired = modelOf(context, from)
  const volume = desired.model.volumes?.[key]
  if (!volume) throw new TypeError(`no volume "${key}" in the model`)
  const labels = volumeLabels(desired, key, desired.hashes.volumes[key] ?? '')
  await createVolume(bench.engine, volumeBody(name, volume, labels), context.signal)
}

export async function dropVolume(
  bench: Workbench,
  step: VerbStep<'remove-volume'>,
  context: StepContext,
): Promise<void> {
  const { name } = step.parameters
  try {
    await removeVolume(bench.engine, name, {}, context.signal)
  } catch (error) {
    if (isNotFound(error)) return
    if (!isConflict(error)) throw error
    throw new EngineError('volume-in-use', `volume ${name} cannot be removed: ${(error as ApiError).message}`, {
      class: 'target',
      hint: 'remove the containers that use it (docker ps -a --filter volume=NAME), and try again',
    })
  }
}
