import { timingSafeEqual } from 'node:crypto'
import { Gauge, Histogram, Registry } from 'prom-client'
import { notFound } from '../kernel/errors.ts'
import type { Points } from '../kernel/points.ts'
import type { App } from './types.ts'

/** The numbers of this process, in the names of Prometheus' conventions. */
export class Metrics {
  readonly registry = new Registry()
  readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request, by route',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  })

  constructor() {
    new Gauge({
      name: 'process_resident_memory_bytes',
      help: 'Resident memory of the process',
      registers: [this.registry],
      collect() {
        this.set(process.memoryUsage.rss())
      },
    })
    new Gauge({
      name: 'process_start_time_seconds',
      help: 'When the process started, seconds since 1970',
      registers: [this.registry],
    }).set(Math.floor(Date.now() / 1000 - process.uptime()))
  }
}

/** `/metrics`, for whoever has the token. Without a configured token there is no such page. */
export function metricsRoute(app: App, metrics: Metrics, points: Points, token: string | undefined): void {
  app.addHook('onResponse', async (request, reply) => {
    if (request.routeOptions.config.stream === true) return
    metrics.requests.observe(
      { method: request.method, route: request.routeOptions.url ?? 'none', status: reply.statusCode },
      reply.elapsedTime / 1000,
    )
  })
  app.get(
    '/metrics',
    { config: { permission: 'public', scope: 'none' }, schema: { hide: true } },
    async (request, reply) => {
      const given = request.headers.authorization?.replace(/^Bearer /, '') ?? ''
      if (token === undefined || !sameText(given, token)) throw notFound('page')
      const parts = [await metrics.registry.metrics()]
      for (const { value } of points.all('metrics')) parts.push(await value.collect())
      return reply.type(metrics.registry.contentType).send(`${parts.map((part) => part.trim()).join('\n')}\n`)
    },
  )
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
