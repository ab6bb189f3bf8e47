import { hash } from 'node:crypto'
import type { Observed, ObservedContainer } from './observed.ts'

/**
 * Digest of what a plan depends on: which objects there are, what they are called, whether they run, how they are
 * connected. Health, exit codes and one-off containers come and go without making a plan wrong, and stay out of it.
 */
export function fingerprint(observed: Observed): string {
  const containers = observed.containers.filter((container) => !container.oneoff && !container.hook)
  const relevant = {
    project: observed.project,
    containers: containers.map(describe).sort(),
    networks: observed.networks.map((network) => `${network.id} ${network.name} ${network.configHash ?? ''}`).sort(),
    volumes: observed.volumes.map((volume) => `${volume.name} ${volume.configHash ?? ''}`).sort(),
    images: Object.entries(observed.images)
      .map(([reference, image]) => `${reference} ${image.id}`)
      .sort(),
  }
  return hash('sha256', JSON.stringify(relevant), 'hex')
}

function describe(container: ObservedContainer): string {
  const networks = Object.entries(container.networks)
    .map(([name, endpoint]) => `${name}=${endpoint.networkId}:${endpoint.aliases?.toSorted().join('+') ?? ''}`)
    .sort()
  return [container.id, container.name, activity(container), container.configHash ?? '', ...networks].join(' ')
}

function activity(container: ObservedContainer): string {
  switch (container.state) {
    case 'running':
    case 'restarting':
      return 'up'
    case 'paused':
      return 'paused'
    default:
      return 'down'
  }
}
