import type { Desired } from '../driver.ts'
import { containerName } from './names.ts'
import type { ObservedContainer } from './observed.ts'

/**
 * Containers whose list entry does not tell enough: an `observe` inspects these and fills in `attributes`, aliases and
 * ports. Looking closer only here keeps a no-op at one request per kind of object.
 *
 * - its hash is not the desired one (another Compose version may have written it), or the service refers to another
 *   service's container, whose id is part of the hash Compose writes;
 * - its name is not the one it should have in the end, or it shares its slot: left over from something interrupted,
 *   so its aliases cannot be taken for granted.
 */
export function needsInspection(desired: Desired, containers: readonly ObservedContainer[]): ObservedContainer[] {
  const slots = new Map<string, number>()
  for (const container of containers) {
    if (container.oneoff || container.hook) continue
    const slot = `${container.service}/${container.number}`
    slots.set(slot, (slots.get(slot) ?? 0) + 1)
  }
  return containers.filter((container) => {
    if (container.oneoff || container.hook || container.attributes) return false
    const service = desired.model.services[container.service]
    if (!service) return false
    if (container.configHash !== desired.hashes.services[container.service]) return true
    if (container.name !== containerName(desired.model, container.service, container.number)) return true
    return (slots.get(`${container.service}/${container.number}`) ?? 0) > 1
  })
}
