import type { Project } from '@windflow/compose'
import { EngineError } from '../errors.ts'
import { isJob } from '../gate/derive.ts'
import type { ObservedContainer, ObservedPort } from './observed.ts'
import { isUp, mustStart, type Slot } from './slots.ts'
import type { WantedPort } from './steps.ts'

/** What an outgoing container has to give up before the verdict, because an incoming one needs it. */
export interface Claims {
  /** Slots that need a port the container holds: it is stopped in time for them. */
  readonly ports: ReadonlyMap<ObservedContainer, readonly Slot[]>
  /** The slot that needs the container's name. */
  readonly names: ReadonlyMap<ObservedContainer, Slot>
}

export function findClaims(model: Project, slots: readonly Slot[]): Claims {
  const ports = new Map<ObservedContainer, Slot[]>()
  const names = new Map<ObservedContainer, Slot>()
  const leaving = slots.flatMap((slot) => slot.outgoing)
  for (const slot of slots) {
    if (!slot.incoming) continue
    const holder = leaving.find((container) => container.name === slot.finalName)
    if (holder) names.set(holder, slot)
    if (slot.incoming.kind === 'kept' && !mustStart(model, slot.incoming.container)) continue
    const wanted = wantedPorts(model, slot.service)
    for (const container of leaving) {
      if (!isUp(container) || !container.ports.some((held) => wanted.some((port) => overlaps(port, held)))) continue
      const claimants = ports.get(container)
      if (claimants) claimants.push(slot)
      else ports.set(container, [slot])
    }
  }
  return { ports, names }
}

/**
 * Refuses what one host cannot have: one port, or one name, for two containers. Jobs may follow each other.
 * Throws an `EngineError` of class `user`.
 */
export function checkConflicts(model: Project, slots: readonly Slot[]): void {
  const standing = slots.filter((slot) => slot.incoming)
  for (const [i, slot] of standing.entries()) {
    const { service } = slot
    const others = standing.slice(0, i)
    const named = others.find((other) => other.finalName === slot.finalName)
    if (named) throw nameConflict(slot, named)
    const ports = wantedPorts(model, service).filter(({ from, to }) => from === to)
    if (ports.length === 0 || isJob(model, service)) continue
    for (const other of others) {
      if (isJob(model, other.service)) continue
      const theirs = wantedPorts(model, other.service).filter(({ from, to }) => from === to)
      const port = ports.find((own) =>
        theirs.some((taken) => overlaps(own, { hostIp: taken.hostIp, port: taken.from, protocol: taken.protocol })),
      )
      if (port) throw portConflict(slot, other, port)
    }
  }
}

function nameConflict(slot: Slot, other: Slot): EngineError {
  const message =
    slot.service === other.service
      ? `service "${slot.service}" has the container name "${slot.finalName}" and is scaled to more than one`
      : `services "${other.service}" and "${slot.service}" both have the container name "${slot.finalName}"`
  return new EngineError('name-conflict', message, { class: 'user', hint: 'take `container_name` out' })
}

function portConflict(slot: Slot, other: Slot, port: WantedPort): EngineError {
  const text = `port ${port.from}/${port.protocol} of the host`
  if (slot.service !== other.service) {
    const message = `services "${other.service}" and "${slot.service}" both want ${text}`
    return new EngineError('port-conflict', message, { class: 'user', hint: 'give one of them another published port' })
  }
  return new EngineError('port-conflict', `every container of service "${slot.service}" wants ${text}`, {
    class: 'user',
    hint: 'publish a range of ports, or none and put a proxy in front of it',
  })
}

/** Host ports a container of the service takes. */
export function wantedPorts(model: Project, service: string): WantedPort[] {
  const definition = model.services[service]
  // Without a network of its own it publishes nothing: the engine ignores its ports.
  if (definition?.network_mode === 'host' || definition?.network_mode === 'none') return []
  return (definition?.ports ?? []).flatMap((port) => {
    const [from, to] = (port.published ?? '').split('-').map(Number)
    if (!from) return []
    return [{ hostIp: port.host_ip ?? '', from, to: to ?? from, protocol: port.protocol ?? 'tcp' }]
  })
}

function overlaps(wanted: WantedPort, held: ObservedPort): boolean {
  if (held.protocol !== wanted.protocol || held.port < wanted.from || held.port > wanted.to) return false
  return isAny(wanted.hostIp) || isAny(held.hostIp) || wanted.hostIp === held.hostIp
}

function isAny(ip: string): boolean {
  return ip === '' || ip === '0.0.0.0' || ip === '::' || ip === '[::]'
}
