import { expect, test } from 'vitest'
import { type PartialService, project } from '../../test/memory/world.ts'
import type { PlanOptions } from '../driver.ts'
import { imageReferences, planImages } from './images.ts'
import type { Observed } from './observed.ts'
import { StepList } from './step-list.ts'

const AT = '2026-06-10T12:00:00Z'

function steps(service: PartialService, options: PlanOptions, taggedAt?: string): string[] {
  const model = project({ web: service })
  const images =
    taggedAt === undefined
      ? {}
      : { 'app:1': { id: 'sha', digests: [], taggedAt }, 'app-web': { id: 'sha', digests: [] } }
  const observed: Observed = { project: 'app', at: AT, containers: [], networks: [], volumes: [], images }
  const list = new StepList()
  planImages(model, ['web'], observed, options, list)
  return list.sorted().map((step) => step.action)
}

const HERE = '2026-06-10T11:00:00Z'
const OLD = '2026-06-01T00:00:00Z'
const BUILD = { build: { context: '.' } }

test.each<[string, PartialService, PlanOptions, string | undefined, string[]]>([
  ['pulls what is not there', {}, {}, undefined, ['pull']],
  ['leaves what is there', {}, {}, HERE, []],
  ['pulls always by policy', { pull_policy: 'always' }, {}, HERE, ['pull']],
  ['pulls always when asked', {}, { pull: 'always' }, HERE, ['pull']],
  [
    'does not pull what is there when only missing ones are asked for',
    { pull_policy: 'always' },
    { pull: 'missing' },
    HERE,
    [],
  ],
  ['never pulls by policy', { pull_policy: 'never' }, {}, undefined, []],
  ['never pulls when asked', { pull_policy: 'always' }, { pull: 'never' }, undefined, []],
  ['pulls daily what is older than a day', { pull_policy: 'daily' }, {}, OLD, ['pull']],
  ['does not pull daily what is younger', { pull_policy: 'daily' }, {}, HERE, []],
  ['does not pull weekly what is younger than a week', { pull_policy: 'weekly' }, {}, '2026-06-05T00:00:00Z', []],
  ['pulls after the time the policy names', { pull_policy: 'every_30m' }, {}, HERE, ['pull']],
  [
    'pulls after the time set beside the policy',
    { pull_policy: 'refresh', pull_refresh_after: '30m' },
    {},
    HERE,
    ['pull'],
  ],
  ['pulls before it builds, and builds when that brought nothing', BUILD, {}, undefined, ['pull', 'build']],
  ['does not build what is there', BUILD, {}, HERE, []],
  ['builds when asked', BUILD, { build: true }, HERE, ['build']],
  ['builds by policy', { ...BUILD, pull_policy: 'build' }, {}, HERE, ['build']],
  ['does not build when asked not to', { ...BUILD, pull_policy: 'build' }, { build: false }, HERE, []],
])('%s', (_, service, options, taggedAt, expected) => {
  expect(steps({ image: 'app:1', ...service }, options, taggedAt)).toEqual(expected)
})

test('one image of several services is pulled once, for all of them', () => {
  const model = project({ a: { image: 'x:1' }, b: { image: 'x:1' }, off: { image: 'y:1', scale: 0 } })
  const observed: Observed = { project: 'app', at: AT, containers: [], networks: [], volumes: [], images: {} }
  const list = new StepList()
  const plan = planImages(model, ['a', 'b', 'off'], observed, {}, list)
  expect(list.sorted().map((step) => step.parameters)).toEqual([
    { reference: 'x:1', services: ['a', 'b'], optional: false },
  ])
  expect(plan.changes.map((change) => change.resource.name)).toEqual(['x:1'])
})

test('mounted images and images of hooks are looked up and pulled as well', () => {
  const model = project({
    web: {
      volumes: [{ type: 'image', source: 'data:1', target: '/data' }],
      pre_start: [{ command: ['x'], entrypoint: null, image: 'hook:1' }],
    },
  })
  expect(imageReferences(model)).toEqual(['good:1', 'data:1', 'hook:1'])
})

function buildSteps(services: Readonly<Record<string, PartialService>>, wanted = Object.keys(services)) {
  const observed: Observed = { project: 'app', at: AT, containers: [], networks: [], volumes: [], images: {} }
  const list = new StepList()
  planImages(project(services), wanted, observed, { build: true }, list)
  return list.sorted()
}

test('services that build one image under one name build it one after the other', () => {
  const [first, second, ...more] = buildSteps({
    web: { image: 'app:1', ...BUILD },
    worker: { image: 'app:1', ...BUILD },
  })
  expect([first?.parameters, second?.parameters]).toMatchObject([{ service: 'web' }, { service: 'worker' }])
  expect(second?.after).toEqual([first?.id])
  expect(more).toEqual([])
})

test('a build that starts from the image of another service comes after that one, also when only it is asked for', () => {
  const services: Readonly<Record<string, PartialService>> = {
    web: { image: 'web:1', build: { context: '.', additional_contexts: { base: 'service:base' } } },
    base: { image: 'base:1', scale: 0, ...BUILD },
  }
  for (const wanted of [['web', 'base'], ['web']]) {
    const steps = buildSteps(services, wanted)
    expect(steps.map((step) => step.resource.name)).toEqual(['base:1', 'web:1'])
    expect(steps[1]?.after).toEqual([steps[0]?.id])
  }
})
