import { expect, test } from 'vitest'
import { desiredOf, project } from '../../test/memory/world.ts'
import type { Observed, ObservedContainer, ObservedNetwork } from './observed.ts'
import { planRestoreContainers } from './restore.ts'

const NETWORKS = ['front', 'back']

function network(name: string, id: string, configHash: string): ObservedNetwork {
  return { id, name: `app_${name}`, key: name, configHash, foreign: false }
}

function container(generation: string): ObservedContainer {
  return {
    id: 'a'.repeat(64),
    name: 'app-web-1',
    service: 'web',
    number: 1,
    oneoff: false,
    state: 'running',
    health: 'none',
    createdAt: '2026-01-01T00:00:00Z',
    networks: Object.fromEntries(NETWORKS.map((name) => [`app_${name}`, { networkId: `${name}-${generation}` }])),
    mounts: [],
    ports: [],
  }
}

function observed(generation: string): Observed {
  return {
    project: 'app',
    at: '2026-01-01T00:00:00Z',
    containers: [container(generation)],
    networks: NETWORKS.map((name) => network(name, `${name}-${generation}`, generation)),
    volumes: [],
    images: {},
  }
}

test('a container on several networks that were made anew is stopped once, and joins all of the old ones again', () => {
  const networks = Object.fromEntries(NETWORKS.map((name) => [name, { name: `app_${name}`, ipam: {} }]))
  const previous = desiredOf(project({ web: {} }, { networks }))
  const plan = planRestoreContainers(observed('old'), observed('new'), previous, { service: () => ({}) })
  const verbs = plan.steps.map((step) => step.action)
  expect(verbs.filter((verb) => verb === 'stop')).toHaveLength(1)
  const stop = plan.steps.find((step) => step.action === 'stop')
  for (const step of plan.steps) if (step.action === 'disconnect') expect(step.after).toContain(stop?.id)
  expect(verbs.filter((verb) => verb === 'publish')).toHaveLength(2)
  expect(verbs.at(-1)).toBe('gate')
})
