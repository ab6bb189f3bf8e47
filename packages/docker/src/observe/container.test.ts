import { describe, expect, test } from 'vitest'
import type { ContainerSummary } from '../api/types.ts'
import { observedContainer } from './container.ts'

function summary(change: Partial<ContainerSummary>): ContainerSummary {
  return {
    Id: 'a'.repeat(64),
    Names: ['/p-web-1'],
    Image: 'busybox:1',
    ImageID: 'sha256:1',
    Command: 'sh',
    Created: 1_700_000_000,
    State: 'running',
    Status: 'Up 3 minutes',
    Labels: { 'com.docker.compose.service': 'web', 'com.docker.compose.container-number': '1' },
    Ports: null,
    Mounts: null,
    ...change,
  }
}

describe('a list entry', () => {
  test.each([
    ['Up 3 minutes', 'none'],
    ['Up 3 minutes (healthy)', 'healthy'],
    ['Up 3 minutes (unhealthy)', 'unhealthy'],
    ['Up 3 seconds (health: starting)', 'starting'],
  ])('"%s" means %s', (Status, health) => expect(observedContainer(summary({ Status })).health).toBe(health))

  test('of a container that ended has its exit code', () => {
    expect(observedContainer(summary({ State: 'exited', Status: 'Exited (137) 2 hours ago' })).exitCode).toBe(137)
  })

  test('of a linked container has its own name', () => {
    expect(observedContainer(summary({ Names: ['/other/alias', '/p-web-1'] })).name).toBe('p-web-1')
  })

  test('without our labels is one we have not made', () => {
    expect(observedContainer(summary({})).windflow).toBeUndefined()
    const Labels = { 'windflow.release': '4', 'windflow.operation': 'o', 'windflow.deployment': 'd' }
    expect(observedContainer(summary({ Labels })).windflow).toEqual({ release: 4, operation: 'o', deployment: 'd' })
  })

  test('with labels of another make does not break', () => {
    expect(observedContainer(summary({ Labels: { 'com.docker.compose.container-number': 'x' } })).number).toBe(0)
    expect(observedContainer(summary({ Labels: null })).service).toBe('')
  })
})
