import { expect, test } from 'vitest'
import { type PartialService, project } from '../../test/memory/world.ts'
import type { ObservedContainer } from './observed.ts'
import { swapOrder } from './swap-order.ts'

const OLD: ObservedContainer = {
  id: 'c1',
  name: 'app-web-1',
  service: 'web',
  number: 1,
  oneoff: false,
  state: 'running',
  health: 'none',
  createdAt: '',
  networks: {},
  mounts: [],
  ports: [],
}

function order(
  service: PartialService,
  old: Partial<ObservedContainer> = {},
  others: Record<string, PartialService> = {},
) {
  return swapOrder(project({ web: service, ...others }), 'web', undefined, [{ ...OLD, ...old }], {}, [])
}

test('a plain service starts its new container first', () => {
  expect(order({})).toBe('start-first')
  expect(order({ ports: [{ target: 80 }] })).toBe('start-first')
  expect(order({ volumes: [{ type: 'volume', source: 'v', target: '/v', read_only: true }] })).toBe('start-first')
  expect(order({ volumes: [{ type: 'tmpfs', target: '/tmp' }] })).toBe('start-first')
})

test.each<[string, PartialService, Partial<ObservedContainer>?, Record<string, PartialService>?]>([
  ['a port of the host', { ports: [{ target: 80, published: '80' }] }],
  ['a name of its own', { container_name: 'x' }],
  ['a fixed address', { networks: { default: { ipv4_address: '10.0.0.9' } } }],
  ['a fixed hardware address', { networks: { default: { mac_address: '02:00:00:00:00:01' } } }],
  ['the network of the host', { network_mode: 'host' }],
  ['no network', { network_mode: 'none' }],
  ['a volume it writes to', { volumes: [{ type: 'volume', source: 'v', target: '/v' }] }],
  ['a folder it writes to', { volumes: [{ type: 'bind', source: '/v', target: '/v' }] }],
  ['a volume of its image', {}, { mounts: [{ type: 'volume', source: 'anonymous', target: '/v', readOnly: false }] }],
  ['the wish to stop first', { 'x-windflow': { update: { order: 'stop-first' } } }],
  ['the deploy order stop-first', { deploy: { resources: {}, placement: {}, update_config: { order: 'stop-first' } } }],
  ['a guest in its namespaces', {}, {}, { guest: { network_mode: 'service:web' } }],
  ['nothing that runs', {}, { state: 'exited' }],
])('one with %s stops its old container first', (_, service, old, others) => {
  expect(order(service, old, others)).toBe('stop-first')
})
