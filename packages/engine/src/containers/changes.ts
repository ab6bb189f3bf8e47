import type { Change, Impact } from '../plan.ts'
import { type Build, slotResource, startsContainer } from './build.ts'
import { isUp, type Slot } from './slots.ts'

/** What happens to a slot, as it is shown; undefined when nothing does. */
export function changeOf(build: Build, slot: Slot): Change | undefined {
  const resource = slotResource(slot)
  const { fields, reason, incoming, outgoing } = slot
  const served = outgoing.some(isUp)
  if (!incoming) {
    if (outgoing.length === 0) return undefined
    const goesOn = build.slots.some((other) => other.service === slot.service && other.incoming)
    return { resource, action: 'delete', fields, reason, impact: served && !goesOn ? 'downtime' : 'none' }
  }
  if (incoming.kind === 'new') {
    if (outgoing.length === 0) return { resource, action: 'create', fields, reason, impact: 'none' }
    return { resource, action: 'replace', fields, reason, impact: served ? swapImpact(build, slot) : 'none' }
  }
  const { container } = incoming
  if (slot.restart) return { resource, action: 'update', fields, reason: slot.restart.reason, impact: 'restart' }
  if (served) return { resource, action: 'replace', fields, reason, impact: swapImpact(build, slot) }
  if (startsContainer(build, slot) || container.state === 'paused') {
    return { resource, action: 'start', fields, reason, impact: 'none' }
  }
  if (outgoing.length === 0 && fields.length === 0) return undefined
  return { resource, action: 'update', fields, reason, impact: 'none' }
}

/** Side by side costs nothing; one of several is a restart; the only one is downtime. */
function swapImpact(build: Build, slot: Slot): Impact {
  if (slot.order === 'start-first') return 'none'
  const others = build.slots.filter((other) => other.service === slot.service && other.incoming && other !== slot)
  const parallel = build.model.services[slot.service]?.deploy?.update_config?.parallelism ?? 1
  return parallel > 0 && others.length >= parallel ? 'restart' : 'downtime'
}
