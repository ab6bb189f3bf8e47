import type { Desired } from '../driver.ts'
import type { Plan } from '../plan.ts'
import type { Expectations } from './expect.ts'
import { fingerprint } from './fingerprint.ts'
import { freeName, PREVIOUS } from './names.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { findStandIn, recreate } from './restore-container.ts'
import { planRestoreNetworks } from './restore-network.ts'
import {
  containerResource,
  dependsOnServices,
  evictionId,
  type Pin,
  type Restore,
  restartsWith,
} from './restore-state.ts'
import { isUp } from './slots.ts'
import { finishPlan, StepList, stepId } from './step-list.ts'

/**
 * The plan that leads from `now` back to the state an operation started from. The very containers of `before` are
 * renamed, connected and started again where they still exist; where one is gone it is made again from `previous`,
 * unless a container that matches `previous` already stands in its place. What came since goes.
 *
 * Volumes made since then stay: data is never deleted by going back. What nobody can put back (gone, and no
 * `previous` to make it from) is a Change without steps, so that the caller sees that the restore is not whole.
 */
export function planRestoreContainers(
  before: Observed,
  now: Observed,
  previous: Desired | undefined,
  expectations: Expectations,
): Plan {
  const restore: Restore = {
    before,
    now,
    previous,
    expectations,
    steps: new StepList(),
    changes: [],
    names: new Set([...before.containers, ...now.containers].map((container) => container.name)),
    networks: new Map(),
    remade: new Set(),
    stopped: new Map(),
  }
  const known = new Set(before.containers.map((container) => container.id))
  const here = new Map(now.containers.map((container) => [container.id, container]))
  const used = new Set<string>()
  const pins: Pin[] = before.containers
    .filter((container) => !container.oneoff && !container.hook)
    .map((was) => {
      const is = here.get(was.id) ?? findStandIn(restore, was, known, used)
      if (is) used.add(is.id)
      return { was, is }
    })
  const intruders = now.containers.filter((container) => !used.has(container.id) && intrudes(container, known, pins))

  planRestoreNetworks(restore, pins, intruders)
  stopGuests(restore, pins)
  for (const { was, is } of pins) if (is) restorePin(restore, was, is, pins, intruders)
  for (const { was, is } of pins) if (!is) recreate(restore, was, intruders)
  for (const intruder of intruders) evict(restore, intruder, pins)
  return finishPlan(now.project, restore.changes, restore.steps, () => fingerprint(now))
}

/** What lives in a container that is started again, or asked to be restarted with it, does not run on beside it. */
function stopGuests(restore: Restore, pins: readonly Pin[]): void {
  for (;;) {
    const hosts = new Set(
      pins
        .filter(({ was, is }) => isUp(was) && (!is || !isUp(is) || restore.stopped.has(is.id)))
        .map(({ was }) => was.service),
    )
    const guest = pins.find(
      ({ was, is }) =>
        is && isUp(was) && isUp(is) && !restore.stopped.has(is.id) && restartsWith(was).some((host) => hosts.has(host)),
    )?.is
    if (!guest) return
    const suffix = `passing/${guest.id.slice(0, 12)}`
    const parameters = { ...target(guest), preStop: false }
    const id = restore.steps.add('stop', containerResource(guest), parameters, { suffix })
    restore.stopped.set(guest.id, id)
  }
}

/** Made since: by us, or standing where one of the old containers belongs. */
function intrudes(container: ObservedContainer, known: ReadonlySet<string>, pins: readonly Pin[]): boolean {
  if (known.has(container.id) || container.oneoff) return false
  if (container.windflow?.operation !== undefined) return true
  return pins.some(({ was }) => {
    const sameSlot = was.service === container.service && was.number === container.number
    return sameSlot || was.name === container.name
  })
}

function target(container: ObservedContainer): { container: string; service: string; number: number } {
  return { container: container.id, service: container.service, number: container.number }
}

/** Removes what came since. Where the old one still runs, it first gets back the names the new one took over. */
function evict(restore: Restore, intruder: ObservedContainer, pins: readonly Pin[]): void {
  const { steps } = restore
  const resource = containerResource(intruder)
  const suffix = intruder.id.slice(0, 12)
  const published = pins
    .filter(({ was, is }) => is && isUp(is) && was.service === intruder.service)
    .flatMap(({ was }) => Object.keys(was.networks).map((network) => publishId(was, network)))
  const stopped = isUp(intruder)
    ? steps.add(
        'stop',
        resource,
        { ...target(intruder), preStop: false },
        { suffix, after: [...published, asideId(intruder)] },
      )
    : undefined
  steps.add(
    'remove',
    resource,
    { ...target(intruder), name: intruder.name, volumes: true },
    { suffix, after: [stopped, ...published, asideId(intruder)] },
  )
  restore.changes.push({
    resource,
    action: 'delete',
    fields: [],
    reason: 'made by the operation that is undone',
    impact: 'none',
  })
}

function publishId(was: ObservedContainer, network: string): string {
  return stepId('publish', containerResource(was), `${network}/${was.id.slice(0, 12)}`)
}

/** Gives a container that is still there its old name, networks and running state. */
function restorePin(
  restore: Restore,
  was: ObservedContainer,
  is: ObservedContainer,
  pins: readonly Pin[],
  intruders: readonly ObservedContainer[],
): void {
  const { steps } = restore
  const resource = containerResource(was)
  const suffix = was.id.slice(0, 12)
  const inTheWay = intruders.filter((other) => other.service === was.service && other.number === was.number)
  const stopped = restore.stopped.get(is.id)
  const up = isUp(is) && stopped === undefined
  const guests = pins.flatMap((pin) => {
    const stop = pin.is && restartsWith(pin.was).includes(was.service) ? restore.stopped.get(pin.is.id) : undefined
    return stop === undefined ? [] : [stop]
  })
  const room = up ? [] : inTheWay.map(evictionId)

  const joined = connections(restore, was, is).map(({ network, key, aliases }) =>
    steps.add(
      'publish',
      resource,
      { ...target(is), network, key, aliases },
      { suffix: `${network}/${suffix}`, after: [restore.networks.get(network)] },
    ),
  )
  const renamed = is.name === was.name ? undefined : renameBack(restore, was, is, pins, intruders)
  let running: string | undefined
  if (isUp(was) && !up) {
    running = steps.add(
      'start',
      resource,
      { ...target(is), postStart: false },
      {
        suffix,
        after: [
          stopped,
          ...guests,
          ...joined,
          renamed,
          ...room,
          ...earlierStarts(was, pins),
          ...portHolders(was, intruders),
        ],
      },
    )
    steps.add(
      'gate',
      resource,
      {
        ...target(is),
        spec: { kind: 'running', stableMs: 0, timeoutMs: 30_000, mayComplete: true },
        optional: false,
      },
      { suffix, after: [running] },
    )
  } else if (is.state === 'paused' && was.state !== 'paused' && isUp(was)) {
    running = steps.add('unpause', resource, target(is), { suffix })
  } else if (!isUp(was) && up) {
    running = steps.add('stop', resource, { ...target(is), preStop: false }, { suffix })
  }
  if (!running && !renamed && joined.length === 0) return
  restore.changes.push({
    resource,
    action: running && isUp(was) ? 'start' : 'update',
    fields: is.name === was.name ? [] : [{ path: 'container_name', before: is.name, after: was.name }],
    reason: 'put back as it was before',
    impact: 'none',
  })
}

/** Names can stand in each other's way; two containers that swap them go by way of a third name. */
function renameBack(
  restore: Restore,
  was: ObservedContainer,
  is: ObservedContainer,
  pins: readonly Pin[],
  intruders: readonly ObservedContainer[],
): string {
  const resource = containerResource(was)
  const suffix = was.id.slice(0, 12)
  const holder = restore.now.containers.find((other) => other.name === was.name && other.id !== is.id)
  let freed: string | undefined
  if (holder && intruders.includes(holder)) {
    freed = isUp(is) ? moveAside(restore, holder, was.name) : evictionId(holder)
  } else if (holder && pins.some((pin) => pin.is === holder)) {
    freed = moveAside(restore, holder, was.name)
  }
  const names = { from: is.name, to: was.name }
  return restore.steps.add('rename', resource, { ...target(is), ...names }, { suffix, after: [freed, asideId(is)] })
}

function asideId(container: ObservedContainer): string {
  return stepId('rename', containerResource(container), `aside/${container.id.slice(0, 12)}`)
}

function moveAside(restore: Restore, holder: ObservedContainer, name: string): string {
  const id = asideId(holder)
  if (restore.steps.has(id)) return id
  const to = freeName(name, PREVIOUS, restore.names)
  return restore.steps.add(
    'rename',
    containerResource(holder),
    { ...target(holder), from: holder.name, to },
    { suffix: `aside/${holder.id.slice(0, 12)}` },
  )
}

interface Connection {
  readonly network: string
  readonly key: string
  readonly aliases: readonly string[]
}

/** Networks on which it is not as it was. Aliases nobody looked at count as those of a serving container. */
function connections(restore: Restore, was: ObservedContainer, is: ObservedContainer): Connection[] {
  return Object.entries(was.networks).flatMap(([network, endpoint]) => {
    const key = restore.before.networks.find((other) => other.name === network)?.key
    if (key === undefined) return []
    const declared = restore.previous?.model.services[was.service]?.networks?.[key]?.aliases ?? []
    const aliases = endpoint.aliases ?? [...new Set([was.name, was.service, ...declared])]
    const present = is.networks[network]
    const current = restore.now.networks.find((other) => other.name === network)
    const stale = restore.networks.has(network) || present?.networkId !== current?.id
    const needed = endpoint.aliases ? aliases : [was.service, ...declared]
    const lacks = present?.aliases !== undefined && !needed.every((alias) => present.aliases?.includes(alias))
    return !present || stale || lacks ? [{ network, key, aliases }] : []
  })
}

/** The label `depends_on` tells the order even where the old model is not known. */
function earlierStarts(was: ObservedContainer, pins: readonly Pin[]): string[] {
  const services = dependsOnServices(was)
  return pins
    .filter((pin) => pin.was !== was && services.includes(pin.was.service))
    .map((pin) => stepId('start', containerResource(pin.was), pin.was.id.slice(0, 12)))
}

/** Whatever came since and may hold a port the old one needs. */
function portHolders(was: ObservedContainer, intruders: readonly ObservedContainer[]): string[] {
  return intruders
    .filter((other) =>
      other.ports.some((port) => was.ports.some((own) => own.port === port.port && own.protocol === port.protocol)),
    )
    .map(evictionId)
}
