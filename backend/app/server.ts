import { hostname } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { auditRoutes } from './core/audit/routes.ts'
import type { Broker } from './core/broker/broker.ts'
import { PostgresBroker } from './core/broker/postgres.ts'
import { Database } from './core/db/database.ts'
import { migrate } from './core/db/migrate.ts'
import { MIGRATIONS } from './core/db/migrations/index.ts'
import { Deployments } from './core/deployments/deployments.ts'
import { driftWatch } from './core/deployments/drift-watch.ts'
import { engineRoutes } from './core/deployments/engine-routes.ts'
import { Live } from './core/deployments/live.ts'
import { operationRoutes } from './core/deployments/operation-routes.ts'
import { Operations } from './core/deployments/operations.ts'
import { deploymentRoutes } from './core/deployments/routes.ts'
import { Terminals } from './core/deployments/terminal.ts'
import { Dispatcher } from './core/deployments/worker/dispatcher.ts'
import { eventChannel } from './core/events/follow.ts'
import { eventRoutes } from './core/events/routes.ts'
import { createApp } from './core/http/app.ts'
import { docsRoutes } from './core/http/docs.ts'
import { type Dependency, diskDependency, healthRoutes } from './core/http/health.ts'
import { Metrics, metricsRoute } from './core/http/metrics.ts'
import type { DescribedRoute } from './core/http/openapi.ts'
import type { App } from './core/http/types.ts'
import { uiRoutes } from './core/http/ui.ts'
import { IdentityAuthority } from './core/identity/authority.ts'
import { ensureFirstAdmin } from './core/identity/first-admin.ts'
import { PermissionMatrix } from './core/identity/permissions.ts'
import { identityRoutes } from './core/identity/routes.ts'
import { Sessions } from './core/identity/sessions.ts'
import { AccessTokens } from './core/identity/tokens.ts'
import { Queue } from './core/jobs/queue.ts'
import { retention } from './core/jobs/retention.ts'
import type { Config } from './core/kernel/config.ts'
import { type LoadedExtension, loadExtensions } from './core/kernel/extension.ts'
import { Lifecycle } from './core/kernel/lifecycle.ts'
import type { Logger } from './core/kernel/log.ts'
import { Points, type TargetDriverFactory } from './core/kernel/points.ts'
import { Services } from './core/kernel/service.ts'
import { Organizations } from './core/organizations/organizations.ts'
import { organizationRoutes } from './core/organizations/routes.ts'
import { startScheduleClock } from './core/schedules/clock.ts'
import { scheduleRoutes } from './core/schedules/routes.ts'
import { Schedules } from './core/schedules/schedules.ts'
import { loadKeyring } from './core/secrets/keyring.ts'
import { LOCAL_PROVIDER } from './core/secrets/reference.ts'
import { secretRoutes } from './core/secrets/routes.ts'
import { Secrets } from './core/secrets/secrets.ts'
import { stackRoutes } from './core/stacks/routes.ts'
import { Stacks } from './core/stacks/stacks.ts'
import { dockerTargets } from './core/targets/docker-target.ts'
import { targetRoutes } from './core/targets/routes.ts'
import { Targets } from './core/targets/targets.ts'
import { TargetWatch } from './core/targets/watch.ts'

export interface ServerOptions {
  readonly config: Config
  readonly log: Logger
  /** Of the database, when it is not the configured one: the built-in one, or a test's. */
  readonly databaseUrl: string
  readonly version: string
  /** Drivers by target kind; the docker driver of this machine when absent. */
  readonly targetDrivers?: Readonly<Record<string, TargetDriverFactory>>
  /** Holds one folder per extension. */
  readonly extensionsFolder?: string
  /** The built interface. */
  readonly uiFolder?: string
  /** Hold every answer against its schema. */
  readonly checkAnswers?: boolean
  /** More routes below /api/v1, for tests of the rules that hold for all. */
  readonly routes?: (app: App) => void
}

export interface Server {
  readonly app: App
  readonly routes: readonly DescribedRoute[]
  readonly extensions: readonly LoadedExtension[]
  readonly database: Database
  readonly points: Points
  readonly targetWatch: TargetWatch
  /** Set when nobody can sign in yet: the token of the one-use set-up link. */
  readonly setupToken: string | undefined
  /** Listens. @returns the address. */
  listen(): Promise<string>
  /** Stops taking requests and operations, lets what runs end or hands it over, and closes everything in order. */
  stop(): Promise<void>
}

const DATABASE_WAIT_MS = 60_000

/**
 * Composes the server for one role and starts everything but listening.
 * @throws BootError with everything that is to be put right.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { config, log } = options
  const lifecycle = new Lifecycle(log, (config.drainSeconds + 10) * 1000)
  try {
    return await compose(options, lifecycle)
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}

async function compose(options: ServerOptions, lifecycle: Lifecycle): Promise<Server> {
  const { config, log, databaseUrl, version } = options
  const database = new Database(databaseUrl, config.databaseConnections, log)
  lifecycle.onStop('database', () => database.close())
  await database.whenThere(DATABASE_WAIT_MS)
  await migrate(database.pool, MIGRATIONS)
  const broker = await openBroker(config, database, databaseUrl, log)
  lifecycle.onStop('broker', () => broker.close())
  database.announce = (organization) => broker.publish(eventChannel(organization), '')
  const keyring = await loadKeyring(config.keyring, config.data)

  const works = config.role !== 'api'
  const points = new Points()
  const services = new Services()
  const { extensions, dispose } = await loadExtensions({
    folder: options.extensionsFolder ?? join(import.meta.dirname, 'extensions'),
    enabled: config.extensions,
    settings: {},
    points,
    services,
    log,
  })
  lifecycle.onStop('extensions', dispose)
  const secrets = new Secrets(database, keyring)
  points.register('secretProvider', LOCAL_PROVIDER, secrets, 'core')
  for (const [kind, factory] of Object.entries(options.targetDrivers ?? { docker: dockerTargets(process.env) })) {
    points.register('targetDriver', kind, factory, 'core')
  }
  const stacks = new Stacks(database)
  const targets = new Targets(database, keyring)
  const deployments = new Deployments({ database, stacks, targets, secrets, points })
  const live = new Live({ data: config.data, points, stacks, targets, deployments })
  points.register('jobs', 'retention', retention(database, config.retentionDays), 'core')
  points.register('jobs', 'drift', driftWatch(database, live), 'core')
  points.seal()

  const matrix = new PermissionMatrix(Object.assign({}, ...extensions.map(({ manifest }) => manifest.permissions)))
  const tokens = new AccessTokens(keyring)
  const authority = new IdentityAuthority(database, broker, tokens, matrix)
  const sessions = new Sessions({ database, broker, tokens, keyring, authority, rateLimit: config.rateLimit })
  const organizations = new Organizations(database, authority, matrix)
  const { adminEmail: email, adminPassword: password } = config
  const admin = email === undefined || password === undefined ? undefined : { email, password }
  const setupToken = await ensureFirstAdmin(database, admin)

  const queue = new Queue(database, log, works)
  await queue.start()
  lifecycle.onStop('queue', () => queue.stop())
  const operations = new Operations(database, broker, queue)
  const schedules = new Schedules(database, deployments, operations)
  const targetWatch = new TargetWatch(database, targets, points, log)
  if (works) {
    const workerName = `${hostname()}/${process.pid}`
    const { leaseSeconds, workerConcurrency: capacity, data } = config
    const dispatcher = new Dispatcher(
      { database, broker, points, stacks, targets, log, data, leaseSeconds, workerName },
      queue,
      {
        capacity,
        drainMs: config.drainSeconds * 1000,
      },
    )
    targetWatch.start()
    lifecycle.onStop('target watch', () => targetWatch.stop())
    await dispatcher.start()
    lifecycle.onStop('operations', () => dispatcher.stop())
    lifecycle.onStop('schedules', startScheduleClock(schedules, log))
    for (const { id, value } of points.all('jobs')) await queue.runJob(id, value, lifecycle.stopping, log)
  }

  const { app, routes, streams } = await createApp({
    log,
    authority,
    database,
    broker,
    sealer: keyring,
    rateLimit: config.rateLimit,
    trustedProxies: config.trustedProxies,
    tls: config.tls,
    checkAnswers: options.checkAnswers ?? false,
  })
  lifecycle.onStop('http', () => app.close())
  const dependencies: Dependency[] = [
    { name: 'database', check: () => database.ping() },
    { name: broker.kind === 'redis' ? 'redis' : 'messages', check: () => broker.ping() },
    diskDependency(config.data),
  ]
  healthRoutes(app, dependencies)
  metricsRoute(app, new Metrics(), points, config.metricsToken)
  await app.register(
    async (instance: FastifyInstance) => {
      const api = instance as unknown as App
      if (config.role !== 'worker') {
        identityRoutes(api, { database, authority, sessions, organizations, matrix })
        organizationRoutes(api, organizations)
        targetRoutes(api, targets)
        stackRoutes(api, stacks)
        secretRoutes(api, secrets)
        deploymentRoutes(api, deployments, operations)
        operationRoutes(api, { operations, broker, streams, authority })
        scheduleRoutes(api, schedules)
        eventRoutes(api, { database, broker, streams, authority })
        auditRoutes(api, database)
        for (const { value } of points.all('routes')) await value(api)
      }
      if (works) {
        const terminals = new Terminals(database, live, broker, log)
        terminals.attach(app)
        engineRoutes(api, { live, streams, authority, targets, targetWatch, deployments, terminals })
      }
      options.routes?.(api)
    },
    { prefix: '/api/v1' },
  )
  docsRoutes(app, routes, version)
  if (config.role !== 'worker') uiRoutes(app, options.uiFolder ?? join(import.meta.dirname, '../../frontend/dist'))
  await app.ready()
  return {
    app,
    routes,
    extensions,
    database,
    points,
    targetWatch,
    setupToken,
    listen: () => app.listen({ host: config.host, port: config.port }),
    stop: () => lifecycle.stop(),
  }
}

async function openBroker(config: Config, database: Database, databaseUrl: string, log: Logger): Promise<Broker> {
  if (config.redisUrl !== undefined) {
    // Loaded only where it is used: a client library is memory.
    const { RedisBroker } = await import('./core/broker/redis.ts')
    return RedisBroker.connect(config.redisUrl, log)
  }
  const broker = new PostgresBroker(database, databaseUrl, log)
  await broker.start()
  return broker
}
