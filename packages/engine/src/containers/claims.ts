import type { Project } from '@windflow/compose'
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

/** Host ports a container of the service takes. */
export function wantedPorts(model: Project, service: string): WantedPort[] {
  return (model.services[service]?.ports ?? []).flatMap((port) => {
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
