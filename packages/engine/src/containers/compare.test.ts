import { expect, test } from 'vitest'
import { desiredOf, project } from '../../test/memory/world.ts'
import { compareContainer } from './compare.ts'
import type { Observed, ObservedContainer } from './observed.ts'

const CONTAINER: ObservedContainer = {
  id: 'a'.repeat(64),
  name: 'app-web-1',
  service: 'web',
  number: 1,
  oneoff: false,
  state: 'running',
  health: 'none',
  createdAt: '2026-01-01T00:00:00Z',
  configHash: 'old',
  imageId: `sha256:${'1'.repeat(64)}`,
  networks: {},
  mounts: [],
  ports: [],
  attributes: { image: 'app:1' },
}

function fieldsFor(image: string, id: string) {
  const desired = desiredOf(project({ web: { image } }))
  const observed: Observed = {
    project: 'app',
    at: '2026-01-01T00:00:00Z',
    containers: [CONTAINER],
    networks: [],
    volumes: [],
    images: { [image]: { id, digests: [] } },
  }
  const comparison = compareContainer(desired, observed, CONTAINER, { service: () => ({ image }) }, () => undefined)
  return comparison.same ? [] : comparison.fields
}

test('another image is one change, told by its name', () => {
  expect(fieldsFor('app:2', `sha256:${'2'.repeat(64)}`)).toEqual([{ path: 'image', before: 'app:1', after: 'app:2' }])
})

test('a newer image of the same name is told by its id', () => {
  const [field, ...more] = fieldsFor('app:1', `sha256:${'2'.repeat(64)}`)
  expect(field).toEqual({ path: 'image', before: '111111111111', after: 'app:1 (222222222222)' })
  expect(more).toEqual([])
})
