import type { Project, Service } from '@windflow/compose'
import { durationMs } from './duration.ts'
import type { HttpProbe, TcpProbe } from './gate/spec.ts'

/**
 * What a service may say to WindFlow beyond the Compose Specification. Other tools ignore it.
 *
 * ```yaml
 * services:
 *   web:
 *     x-windflow:
 *       job: true                  # runs to its end; exit code 0 is success; not run again while nothing changed
 *       gate:                      # when the release counts as good
 *         http: 8080/healthz       # or {port: 8080, path: /healthz, scheme: http, status: 200-399}
 *         tcp: 5432                # or: a port that accepts a connection
 *         stable: 1s               # without health check: how long it has to run without a restart
 *         timeout: 5m              # not ready by then: failed
 *       update:
 *         order: stop-first        # never two at once; start-first is the default where it is possible
 *         drain: 2s                # how long the old one may finish what it has begun
 * ```
 */
export interface ServiceExtension {
  readonly job: boolean
  readonly http?: HttpProbe
  readonly tcp?: TcpProbe
  readonly stableMs?: number
  readonly timeoutMs?: number
  readonly order?: 'start-first' | 'stop-first'
  readonly drainMs?: number
}

/** `path` is relative to the project, in the words of Compose: `services.web.x-windflow.gate.tcp`. */
export interface ExtensionProblem {
  readonly code: 'windflow-extension'
  readonly path: string
  readonly message: string
  readonly hint: string
}

const EMPTY: ServiceExtension = { job: false }

/** The extension of one service, as far as it is valid. `checkExtensions` says what is not. */
export function serviceExtension(name: string, service: Service): ServiceExtension {
  return service['x-windflow'] === undefined ? EMPTY : read(name, service['x-windflow'], [])
}

/** Every mistake in the `x-windflow` of the services. */
export function checkExtensions(model: Project): ExtensionProblem[] {
  const problems: ExtensionProblem[] = []
  for (const [name, service] of Object.entries(model.services)) {
    if (service['x-windflow'] !== undefined) read(name, service['x-windflow'], problems)
  }
  return problems
}

type Tree = Readonly<Record<string, unknown>>

function read(service: string, value: unknown, problems: ExtensionProblem[]): ServiceExtension {
  const at = `services.${service}.x-windflow`
  const problem = (path: string, message: string, hint: string): undefined => {
    problems.push({ code: 'windflow-extension', path, message, hint })
  }
  const tree = (path: string, given: unknown, keys: readonly string[]): Tree => {
    if (given === undefined) return {}
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      problem(path, 'must be a mapping', `it may have ${keys.join(', ')}`)
      return {}
    }
    const entries: Tree = { ...given }
    for (const key of Object.keys(entries)) {
      if (!keys.includes(key)) problem(`${path}.${key}`, `"${key}" is not known here`, `known are ${keys.join(', ')}`)
    }
    return entries
  }
  const duration = (path: string, given: unknown): number | undefined => {
    if (given === undefined) return undefined
    const ms = typeof given === 'string' ? durationMs(given) : undefined
    return ms ?? problem(path, 'must be a duration', 'write it like 500ms, 2s or 1m30s')
  }
  const port = (path: string, given: unknown): number | undefined => {
    const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given
    if (typeof number === 'number' && Number.isInteger(number) && number > 0 && number < 65_536) return number
    return problem(path, 'must be a port of the container', 'write a number from 1 to 65535')
  }
  const http = (path: string, given: unknown): HttpProbe | undefined => {
    if (given === undefined) return undefined
    if (typeof given === 'string' || typeof given === 'number') {
      const [, scheme, digits, rest] = /^(?:(https?):\/\/[^/:]*:)?(\d+)(\/.*)?$/.exec(String(given)) ?? []
      const number = port(path, digits)
      return number === undefined
        ? undefined
        : { port: number, path: rest ?? '/', scheme: scheme === 'https' ? 'https' : 'http', status: [200, 399] }
    }
    const { port: digits, path: target, scheme, status } = tree(path, given, ['port', 'path', 'scheme', 'status'])
    const number = port(`${path}.port`, digits)
    if (target !== undefined && !(typeof target === 'string' && target.startsWith('/'))) {
      problem(`${path}.path`, 'must begin with /', 'write it like /healthz')
    }
    if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
      problem(`${path}.scheme`, 'must be http or https', 'leave it out for http')
    }
    const [, low, high] = /^(\d{3})(?:-(\d{3}))?$/.exec(String(status ?? '200-399')) ?? []
    if (low === undefined) problem(`${path}.status`, 'must be a status code or a range', 'write it like 200 or 200-399')
    if (number === undefined) return undefined
    return {
      port: number,
      path: typeof target === 'string' ? target : '/',
      scheme: scheme === 'https' ? 'https' : 'http',
      status: [Number(low ?? 200), Number(high ?? low ?? 399)],
    }
  }

  const root = tree(at, value, ['job', 'gate', 'update'])
  const gate = tree(`${at}.gate`, root.gate, ['http', 'tcp', 'stable', 'timeout'])
  const update = tree(`${at}.update`, root.update, ['order', 'drain'])
  if (root.job !== undefined && typeof root.job !== 'boolean') {
    problem(`${at}.job`, 'must be true or false', 'a job runs to its end and is not started again')
  }
  const order = update.order
  if (order !== undefined && order !== 'start-first' && order !== 'stop-first') {
    problem(`${at}.update.order`, 'must be start-first or stop-first', 'leave it out to let WindFlow choose')
  }
  const probe = http(`${at}.gate.http`, gate.http)
  const tcp = gate.tcp === undefined ? undefined : port(`${at}.gate.tcp`, gate.tcp)
  const stableMs = duration(`${at}.gate.stable`, gate.stable)
  const timeoutMs = duration(`${at}.gate.timeout`, gate.timeout)
  const drainMs = duration(`${at}.update.drain`, update.drain)
  return {
    job: root.job === true,
    ...(probe && { http: probe }),
    ...(tcp !== undefined && { tcp: { port: tcp } }),
    ...(stableMs !== undefined && { stableMs }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(order === 'start-first' || order === 'stop-first' ? { order } : {}),
    ...(drainMs !== undefined && { drainMs }),
  }
}
