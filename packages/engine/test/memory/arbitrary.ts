import type { Dependency, Project } from '@windflow/compose'
import fc from 'fast-check'
import { type PartialService, project } from './world.ts'

const NAMES = ['a', 'b', 'c', 'd'] as const

interface Shape {
  readonly image: string
  readonly level: string
  readonly scale: number
  readonly kind: 'plain' | 'port' | 'volume' | 'named' | 'job' | 'guest'
  readonly needs: readonly { readonly healthy: boolean; readonly restart: boolean }[]
  readonly present: boolean
}

const shape: fc.Arbitrary<Shape> = fc.record({
  image: fc.constantFrom('good:1', 'good:2', 'slow:1', 'slow:2'),
  level: fc.constantFrom('info', 'debug'),
  scale: fc.constantFrom(1, 1, 1, 2, 3, 0),
  kind: fc.constantFrom('plain', 'plain', 'port', 'volume', 'named', 'job', 'guest'),
  needs: fc.array(fc.record({ healthy: fc.boolean(), restart: fc.boolean() }), { minLength: 3, maxLength: 3 }),
  present: fc.constantFrom(true, true, true, false),
})

/** Small projects of every kind a planner meets: dependencies, scale, ports, volumes, jobs, shared namespaces. */
export const arbitraryProject: fc.Arbitrary<Project> = fc
  .record({
    shapes: fc.array(shape, { minLength: 4, maxLength: 4 }),
    internal: fc.constantFrom(false, false, false, true),
    second: fc.boolean(),
    edges: fc.array(fc.constantFrom(true, false, false), { minLength: 6, maxLength: 6 }),
  })
  .map(({ shapes, internal, second, edges }) => build(shapes, internal, second, edges))

function build(shapes: readonly Shape[], internal: boolean, second: boolean, edges: readonly boolean[]): Project {
  const services: Record<string, PartialService> = {}
  let edge = 0
  NAMES.forEach((name, index) => {
    const given = shapes[index]
    const earlier = NAMES.slice(0, index)
    const chosen = earlier.filter(() => edges[edge++ % edges.length])
    if (!given?.present) return
    const depends_on: Record<string, Dependency> = {}
    chosen.forEach((other, i) => {
      const target = services[other]
      if (!target) return
      const job = target.image?.startsWith('job')
      const need = given.needs[i]
      depends_on[other] = {
        condition: job ? 'service_completed_successfully' : need?.healthy ? 'service_healthy' : 'service_started',
        required: true,
        ...(need?.restart && !job && { restart: true }),
      }
    })
    services[name] = service(name, index, given, services, depends_on)
  })
  if (Object.keys(services).length === 0) services.a = {}
  return project(services, {
    networks: {
      default: { name: 'app_default', ipam: {}, ...(internal && { internal }) },
      ...(second && { back: { name: 'app_back', ipam: {} } }),
    },
    volumes: { data: { name: 'app_data' } },
  })
}

function service(
  name: string,
  index: number,
  given: Shape,
  services: Readonly<Record<string, PartialService>>,
  depends_on: Record<string, Dependency>,
): PartialService {
  const base: PartialService = {
    image: given.image,
    environment: { LEVEL: given.level },
    scale: given.scale,
    depends_on,
  }
  const single = { ...base, scale: Math.min(1, given.scale) }
  switch (given.kind) {
    case 'plain':
      return base
    case 'port':
      return { ...single, ports: [{ target: 80, published: String(8080 + (index % 2)), protocol: 'tcp' }] }
    case 'volume':
      return { ...base, volumes: [{ type: 'volume', source: 'data', target: '/data' }] }
    case 'named':
      return { ...single, container_name: `named-${name}` }
    case 'job':
      return { ...single, image: `job:${given.image.slice(-1)}`, deploy: JOB }
    case 'guest': {
      const host = Object.keys(services).find((other) => {
        const candidate = services[other]
        return candidate?.scale === 1 && !candidate.image?.startsWith('job') && candidate.network_mode === undefined
      })
      if (host === undefined || given.scale === 0) return base
      depends_on[host] = { condition: 'service_started', required: true, restart: true }
      return { ...single, network_mode: `service:${host}` }
    }
  }
}

const JOB = { mode: 'replicated-job', resources: {}, placement: {} }
