import type { Project } from '@windflow/compose'
import type { Desired, PlanOptions } from '../driver.ts'
import { isJob } from '../gate/derive.ts'
import type { FieldChange } from '../plan.ts'
import { type Comparison, compareContainer } from './compare.ts'
import type { Expectations } from './expect.ts'
import { dependencyOrder, namespaceServices, needs, referencedServices } from './graph.ts'
import { type ObjectDecision, serviceNetworks } from './infrastructure.ts'
import { containerName, networkName, replicas, serviceAliases } from './names.ts'
import type { Observed, ObservedContainer, ObservedNetwork, ObservedVolume } from './observed.ts'
import { swapOrder } from './swap-order.ts'

/** The place of one container of a service: which container is to stand in it, and which ones are to leave it. */
export interface Slot {
  readonly service: string
  readonly number: number
  readonly finalName: string
  /** Absent when nothing is to stand here (scaled down, orphaned). */
  readonly incoming: Incoming | undefined
  readonly outgoing: readonly ObservedContainer[]
  readonly order: 'start-first' | 'stop-first'
  /** Why something is done, and the fields that say so. */
  readonly reason: string
  readonly fields: readonly FieldChange[]
  /** Networks on which a kept container lacks its connection or its aliases. */
  readonly reconnect: readonly string[]
  /** The volume of an outgoing container is deleted: it cannot be kept until the verdict. */
  readonly loses: boolean
  /** A kept container that is stopped and started again: why, and the service that is the cause. */
  restart?: { readonly reason: string; readonly cause?: string }
}

type Incoming = { readonly kind: 'new' } | { readonly kind: 'kept'; readonly container: ObservedContainer }

export interface SlotInputs {
  readonly desired: Desired
  readonly observed: Observed
  readonly options: PlanOptions
  readonly expectations: Expectations
  readonly scope: ReadonlySet<string>
  readonly networks: readonly ObjectDecision<ObservedNetwork>[]
  readonly volumes: readonly ObjectDecision<ObservedVolume>[]
}

/** Decides every slot, services in dependency order. */
export function decideSlots(inputs: SlotInputs): Slot[] {
  const { desired, observed, options, scope } = inputs
  const { model } = desired
  const byService = Map.groupBy(
    observed.containers.filter((container) => !container.oneoff && !container.hook),
    (container) => container.service,
  )
  const slots: Slot[] = []
  const standing = new Map<string, string | undefined>()
  const replaced = new Set<string>()
  const replacedVolumes = new Set(inputs.volumes.filter((v) => v.action === 'replace').map((v) => v.name))
  const replacedNetworks = new Set(inputs.networks.filter((n) => n.action === 'replace').map((n) => n.name))
  const loses = (container: ObservedContainer): boolean =>
    container.mounts.some((mount) => mount.type === 'volume' && replacedVolumes.has(mount.source ?? ''))

  for (const name of dependencyOrder(model)) {
    const service = model.services[name]
    if (!service || service.provider) continue
    const containers = byService.get(name) ?? []
    const lost = referencedServices(service).filter((other) => replaced.has(other))
    const involved = containers.length > 0 && (lost.length > 0 || containers.some(loses))
    if (!scope.has(name) && !involved) {
      standing.set(name, firstOf(containers)?.id)
      slots.push(...bystanders(model, name, containers, replacedNetworks))
      continue
    }
    const forced = options.forceRecreate === true && (options.services ?? [name]).includes(name)
    const judge = (container: ObservedContainer): Comparison => {
      if (loses(container)) return { same: false, reason: 'its volume is made again', fields: [] }
      if (lost.length > 0) return { same: false, reason: `it lives in the container of ${lost.join(', ')}`, fields: [] }
      if (forced) return { same: false, reason: 'asked to make it again', fields: [] }
      if (options.noRecreate && container.state !== 'dead' && container.state !== 'removing') return { same: true }
      return compareContainer(desired, observed, container, inputs.expectations, (other) => standing.get(other))
    }
    const own = decideService(inputs, name, containers, judge, loses)
    slots.push(...own)
    const kept = own.find((slot) => slot.incoming?.kind === 'kept')?.incoming
    standing.set(name, kept?.kind === 'kept' ? kept.container.id : undefined)
    if (own.some((slot) => slot.incoming?.kind === 'new' && slot.outgoing.length > 0)) replaced.add(name)
  }
  if (options.removeOrphans) {
    for (const [name, containers] of byService) {
      if (model.services[name]) continue
      const reason = `service "${name}" is not in the model`
      const instances = Map.groupBy(containers, (container) => container.number)
      for (const group of instances.values()) slots.push(leaving(name, group.sort(betterFirst('')), reason))
    }
  }
  markRestarts(model, slots, replacedNetworks)
  return slots
}

function decideService(
  inputs: SlotInputs,
  name: string,
  containers: readonly ObservedContainer[],
  judge: (container: ObservedContainer) => Comparison,
  loses: (container: ObservedContainer) => boolean,
): Slot[] {
  const { desired, observed } = inputs
  const { model } = desired
  const verdicts = new Map(containers.map((container) => [container, judge(container)]))
  const candidates = Map.groupBy(containers, (container) => container.number)
  const chosen = new Map<number, ObservedContainer | undefined>()
  for (const [number, group] of candidates) {
    const matching = group.filter((container) => verdicts.get(container)?.same)
    chosen.set(number, matching.sort(betterFirst(containerName(model, name, number)))[0])
  }
  const numbers = wantedNumbers(replicas(model, name), chosen)
  const slots: Slot[] = []
  for (const number of numbers) {
    const group = candidates.get(number) ?? []
    const kept = chosen.get(number)
    const finalName = containerName(model, name, number)
    const outgoing = group.filter((container) => container !== kept).sort(betterFirst(finalName))
    const current = outgoing[0]
    const verdict = current && verdicts.get(current)
    const reconnect = kept ? missingConnections(model, observed, kept, inputs.networks) : []
    slots.push({
      service: name,
      number,
      finalName,
      incoming: kept ? { kind: 'kept', container: kept } : { kind: 'new' },
      outgoing,
      order: swapOrder(model, name, kept, outgoing, inputs.options, inputs.networks),
      reason: slotReason(model, kept, verdict, reconnect, finalName),
      fields: kept ? keptFields(kept, finalName, reconnect) : verdict && !verdict.same ? verdict.fields : [],
      reconnect,
      loses: outgoing.some(loses),
    })
  }
  for (const [number, group] of candidates) {
    if (!numbers.includes(number)) slots.push(leaving(name, group, 'scaled down'))
  }
  return slots
}

/** Up-to-date containers first, then others, lowest numbers first; what is missing takes the lowest free numbers. */
function wantedNumbers(count: number, chosen: ReadonlyMap<number, ObservedContainer | undefined>): number[] {
  const existing = [...chosen.keys()].sort((a, b) => a - b)
  const preferred = [...existing.filter((n) => chosen.get(n)), ...existing.filter((n) => !chosen.get(n))]
  const numbers = preferred.slice(0, count)
  for (let free = 1; numbers.length < count; free++) if (!numbers.includes(free)) numbers.push(free)
  return numbers.sort((a, b) => a - b)
}

const STATES = ['running', 'restarting', 'paused', 'exited', 'created', 'removing', 'dead']
const HEALTHS = ['healthy', 'none', 'starting', 'unhealthy']

function betterFirst(finalName: string): (a: ObservedContainer, b: ObservedContainer) => number {
  return (a, b) =>
    STATES.indexOf(a.state) - STATES.indexOf(b.state) ||
    HEALTHS.indexOf(a.health) - HEALTHS.indexOf(b.health) ||
    Number(b.name === finalName) - Number(a.name === finalName) ||
    (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0) ||
    (a.id < b.id ? -1 : 1)
}

function firstOf(containers: readonly ObservedContainer[]): ObservedContainer | undefined {
  return containers.toSorted((a, b) => a.number - b.number)[0]
}

/** Keys of the networks it should be on and is not, or on which it does not answer to its service's name. */
function missingConnections(
  model: Project,
  observed: Observed,
  container: ObservedContainer,
  networks: readonly ObjectDecision<ObservedNetwork>[],
): string[] {
  return serviceNetworks(model, container.service).filter((key) => {
    const endpoint = container.networks[networkName(model, key)]
    const decision = networks.find((network) => network.key === key)
    if (!endpoint || decision?.action === 'create') return true
    const current = decision?.current ?? observed.networks.find((network) => network.name === networkName(model, key))
    if (decision?.action === 'keep' && current && endpoint.networkId !== '' && endpoint.networkId !== current.id)
      return true
    const { aliases } = endpoint
    return (
      aliases !== undefined && !serviceAliases(model, container.service, key).every((name) => aliases.includes(name))
    )
  })
}

function slotReason(
  model: Project,
  kept: ObservedContainer | undefined,
  verdict: Comparison | undefined,
  reconnect: readonly string[],
  finalName: string,
): string {
  if (!kept) return verdict && !verdict.same ? verdict.reason : 'it does not exist'
  if (verdict || kept.name !== finalName) return 'left over from an interrupted update'
  if (kept.state === 'paused') return 'it is paused'
  if (kept.state === 'created') return 'it was never started'
  if (kept.state === 'exited' && mustStart(model, kept)) return `it is stopped (exit code ${kept.exitCode ?? 0})`
  return reconnect.length > 0 ? `not connected to ${reconnect.join(', ')} as it should be` : ''
}

function keptFields(kept: ObservedContainer, finalName: string, reconnect: readonly string[]): FieldChange[] {
  const renamed = kept.name === finalName ? [] : [{ path: 'container_name', before: kept.name, after: finalName }]
  return [...renamed, ...reconnect.map((key) => ({ path: `networks.${key}`, after: 'connected' }))]
}

function leaving(service: string, outgoing: readonly ObservedContainer[], reason: string): Slot {
  const [first] = outgoing
  return {
    service,
    number: first?.number ?? 0,
    finalName: first?.name ?? '',
    incoming: undefined,
    outgoing,
    order: 'stop-first',
    reason,
    fields: [],
    reconnect: [],
    loses: false,
  }
}

/** Containers of services left alone, which a replaced network or a restarted host still concerns. */
function bystanders(
  model: Project,
  service: string,
  containers: readonly ObservedContainer[],
  replacedNetworks: ReadonlySet<string>,
): Slot[] {
  const definition = model.services[service]
  const guest = definition !== undefined && namespaceServices(definition).length > 0
  return containers
    .filter((container) => guest || Object.keys(container.networks).some((network) => replacedNetworks.has(network)))
    .filter((container) => container.state === 'running')
    .map((container) => ({
      ...leaving(service, [], ''),
      number: container.number,
      finalName: containerName(model, service, container.number),
      incoming: { kind: 'kept', container },
    }))
}

/** Kept containers that do not survive what happens around them as they are. Services in dependency order. */
function markRestarts(model: Project, slots: readonly Slot[], replacedNetworks: ReadonlySet<string>): void {
  const disturbed = new Map<string, 'replaced' | 'restarted'>()
  for (const slot of slots) {
    const { incoming } = slot
    if (incoming?.kind === 'kept' && incoming.container.state === 'running' && slot.order === 'stop-first') {
      const network = Object.keys(incoming.container.networks).find((name) => replacedNetworks.has(name))
      const declared = needs(model, slot.service).find((need) => need.restart && disturbed.has(need.service))
      const service = model.services[slot.service]
      const host = service && namespaceServices(service).find((other) => disturbed.has(other))
      if (network !== undefined) slot.restart = { reason: `network "${network}" is made again` }
      else if (declared ?? host) {
        const cause = declared?.service ?? host ?? ''
        slot.restart = { reason: `it depends on ${cause}, which is ${disturbed.get(cause)}`, cause }
      }
    }
    if (incoming?.kind === 'new' && slot.outgoing.length > 0) disturbed.set(slot.service, 'replaced')
    else if (slot.restart || (incoming?.kind === 'kept' && mustStart(model, incoming.container))) {
      if (!disturbed.has(slot.service)) disturbed.set(slot.service, 'restarted')
    }
  }
}

/** Whether the slot's container stands in it as it should, and alone: the whole of a project that is up to date. */
export function isSettled(model: Project, slot: Slot): boolean {
  if (slot.incoming?.kind !== 'kept' || slot.outgoing.length > 0 || slot.restart || slot.fields.length > 0) return false
  const { state, health } = slot.incoming.container
  if (state === 'exited') return !mustStart(model, slot.incoming.container)
  return state === 'running' && (health === 'healthy' || health === 'none')
}

/** Whether a kept container is to be started: it does not run, and is no job that has done its work. */
export function mustStart(model: Project, container: ObservedContainer): boolean {
  if (container.state === 'created') return true
  return container.state === 'exited' && !(container.exitCode === 0 && isJob(model, container.service))
}

export function isUp(container: ObservedContainer): boolean {
  return container.state === 'running' || container.state === 'restarting' || container.state === 'paused'
}
