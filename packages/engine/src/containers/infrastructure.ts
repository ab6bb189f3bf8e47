import type { Project } from '@windflow/compose'
import type { Desired } from '../driver.ts'
import { EngineError } from '../errors.ts'
import type { Change, FieldChange } from '../plan.ts'
import { compareObject } from './compare.ts'
import type { Expectations } from './expect.ts'
import { networkName, volumeName } from './names.ts'
import type { Observed, ObservedNetwork, ObservedVolume } from './observed.ts'

/** What has to happen to a network or volume of the model. `replace` keeps the name, `rename` moves to a new one. */
export interface ObjectDecision<O> {
  readonly key: string
  readonly name: string
  readonly action: 'keep' | 'create' | 'replace' | 'rename'
  /** The object used, replaced or left behind. */
  readonly current?: O
  readonly fields: readonly FieldChange[]
}

export function decideNetworks(
  desired: Desired,
  observed: Observed,
  services: Iterable<string>,
  expectations: Expectations,
): ObjectDecision<ObservedNetwork>[] {
  const { model } = desired
  return usedNetworks(model, services).map((key) => {
    const name = networkName(model, key)
    if (model.networks?.[key]?.external) return external('network', key, name, named(observed.networks, name))
    return decide(key, name, observed.networks, desired.hashes.networks[key], () => expectations.network?.(model, key))
  })
}

export function decideVolumes(
  desired: Desired,
  observed: Observed,
  services: Iterable<string>,
  expectations: Expectations,
): ObjectDecision<ObservedVolume>[] {
  const { model } = desired
  return usedVolumes(model, services).map((key) => {
    const name = volumeName(model, key)
    if (model.volumes?.[key]?.external) return external('volume', key, name, named(observed.volumes, name))
    return decide(key, name, observed.volumes, desired.hashes.volumes[key], () => expectations.volume?.(model, key))
  })
}

/** Keys of the networks the services join. */
function usedNetworks(model: Project, services: Iterable<string>): string[] {
  const keys = new Set<string>()
  for (const name of services) for (const key of serviceNetworks(model, name)) keys.add(key)
  return [...keys]
}

/** Keys of the networks one service joins; none when it lives in another network namespace. */
export function serviceNetworks(model: Project, name: string): string[] {
  const service = model.services[name]
  if (!service || service.network_mode !== undefined || service.provider) return []
  return Object.keys(service.networks ?? {}).filter((key) => model.networks?.[key] !== undefined)
}

export function usedVolumes(model: Project, services: Iterable<string>): string[] {
  const keys = new Set<string>()
  for (const name of services) {
    for (const mount of model.services[name]?.volumes ?? []) {
      if (mount.type === 'volume' && mount.source && model.volumes?.[mount.source]) keys.add(mount.source)
    }
  }
  return [...keys]
}

export function objectChange<O extends { readonly name: string }>(
  kind: 'network' | 'volume',
  decision: ObjectDecision<O>,
): Change | undefined {
  const resource = { kind, name: decision.key }
  const { fields } = decision
  switch (decision.action) {
    case 'keep':
      return undefined
    case 'create':
      return { resource, action: 'create', fields, reason: `${kind} "${decision.name}" does not exist`, impact: 'none' }
    case 'rename': {
      const was = decision.current?.name ?? ''
      const kept = kind === 'volume' ? '; the old one and its data stay' : ''
      return {
        resource,
        action: 'create',
        fields: [{ path: 'name', before: was, after: decision.name }],
        reason: `was called "${was}" before${kept}`,
        impact: 'none',
      }
    }
    case 'replace':
      return {
        resource,
        action: 'replace',
        fields,
        reason:
          kind === 'volume'
            ? 'its configuration changed, and a volume cannot be changed: it is deleted with its data and made again'
            : 'its configuration changed, and a network cannot be changed: what is connected to it is restarted',
        impact: kind === 'volume' ? 'data-loss' : 'downtime',
      }
  }
}

interface EngineObject {
  readonly name: string
  readonly key?: string
  readonly configHash?: string
  readonly composeVersion?: string
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly foreign: boolean
}

function named<O extends EngineObject>(objects: readonly O[], name: string): O | undefined {
  return objects.find((object) => object.name === name)
}

function decide<O extends EngineObject>(
  key: string,
  name: string,
  objects: readonly O[],
  hash: string | undefined,
  expected: () => Readonly<Record<string, unknown>> | undefined,
): ObjectDecision<O> {
  const current = named(objects, name)
  if (!current) {
    const old = objects.find((object) => object.key === key && !object.foreign)
    return old ? { key, name, action: 'rename', current: old, fields: [] } : { key, name, action: 'create', fields: [] }
  }
  const comparison = current.foreign ? undefined : compareObject(current, hash, expected())
  if (!comparison || comparison.same) return { key, name, action: 'keep', current, fields: [] }
  return { key, name, action: 'replace', current, fields: comparison.fields }
}

function external<O>(kind: string, key: string, name: string, current: O | undefined): ObjectDecision<O> {
  if (current) return { key, name, action: 'keep', current, fields: [] }
  throw new EngineError(`${kind}-missing`, `${kind} "${name}" is declared external and does not exist on the target`, {
    class: 'user',
    hint: `create it (docker ${kind} create ${name}), or take \`external: true\` out of ${kind}s.${key}`,
  })
}
