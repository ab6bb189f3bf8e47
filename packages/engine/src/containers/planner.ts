import type { Desired, PlanOptions } from '../driver.ts'
import type { Change, Plan } from '../plan.ts'
import type { Build } from './build.ts'
import { changeOf } from './changes.ts'
import { checkConflicts, findClaims } from './claims.ts'
import { planCreate } from './create.ts'
import type { Expectations } from './expect.ts'
import { fingerprint } from './fingerprint.ts'
import { dependencyOrder, selectServices } from './graph.ts'
import { planImages } from './images.ts'
import { decideNetworks, decideVolumes } from './infrastructure.ts'
import { planCommit } from './leave.ts'
import { planObjects } from './objects.ts'
import type { Observed } from './observed.ts'
import { addPreflight } from './preflight.ts'
import { planService } from './sequence.ts'
import { decideSlots, isSettled } from './slots.ts'
import { finishPlan, StepList } from './step-list.ts'

/**
 * The plan that leads from what was observed to what is desired: pure, the same for the same arguments.
 *
 * Containers stand in slots (service, number). In each slot the best container that is already what the model wants
 * is kept; the others leave, and where none is, a new one takes the place of the current one. An interrupted
 * operation is therefore nothing special: what it left is a candidate like any other.
 *
 * Where the plan holds only gate steps and no changes, nothing is written: it waits for what still becomes ready.
 * A job (`isJob`) that ended well is left alone; `docker compose up` would run it again.
 *
 * Throws an `EngineError` of class `user` for an external object that is missing, a service nobody knows, a cycle, two
 * containers that want one name or one port of the host.
 */
export function planContainers(
  desired: Desired,
  observed: Observed,
  options: PlanOptions,
  expectations: Expectations,
): Plan {
  const { model } = desired
  const scope = selectServices(model, options.services, options.noDeps === true)
  const networks = decideNetworks(desired, observed, scope, expectations)
  const volumes = decideVolumes(desired, observed, scope, expectations)
  const slots = decideSlots({ desired, observed, options, expectations, scope, networks, volumes })
  const steps = new StepList()
  const images = planImages(model, scope, observed, options, steps)
  const settled =
    [...networks, ...volumes].every((object) => object.action === 'keep') &&
    slots.every((slot) => isSettled(model, slot))
  if (settled) return finishPlan(desired.project, images.changes, steps, () => fingerprint(observed))
  checkConflicts(model, slots)
  const build: Build = {
    desired,
    model,
    observed,
    options,
    slots,
    claims: findClaims(model, slots),
    networks,
    volumes,
    steps,
    names: new Set(observed.containers.map((container) => container.name)),
    created: new Map(),
    early: [],
    ready: new Map(),
  }
  const changes: Change[] = [...images.changes, ...planObjects(build)]
  for (const slot of slots) planCreate(build, slot)
  for (const service of new Set([...dependencyOrder(model), ...slots.map((slot) => slot.service)])) {
    planService(build, service)
  }
  for (const slot of slots) {
    planCommit(build, slot)
    const change = changeOf(build, slot)
    if (change) changes.push(change)
  }
  if (changes.length > 0) addPreflight(build, images)
  return finishPlan(desired.project, changes, steps, () => fingerprint(observed))
}
