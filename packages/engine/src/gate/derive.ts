import type { Project, Service } from '@windflow/compose'
import type { PlanOptions } from '../driver.ts'
import { durationMs } from '../duration.ts'
import { serviceExtension } from '../extension.ts'
import type { GateSpec } from './spec.ts'

const STABLE_MS = 1000
const TIMEOUT_MS = 300_000
/** Migrations and imports take as long as they take; this only ends one that hangs. */
const JOB_TIMEOUT_MS = 3_600_000

/** The gate of a service: what its definition and its `x-windflow` ask for. */
export function gateSpec(model: Project, name: string, options: Pick<PlanOptions, 'gateTimeoutMs'>): GateSpec {
  const service = model.services[name]
  if (!service) throw new TypeError(`no service "${name}" in the model`)
  const extension = serviceExtension(name, service)
  const job = isJob(model, name)
  const usual = job ? JOB_TIMEOUT_MS : Math.max(TIMEOUT_MS, healthcheckMs(service))
  return {
    kind: job ? 'completed' : 'ready',
    stableMs: extension.stableMs ?? STABLE_MS,
    timeoutMs: options.gateTimeoutMs ?? extension.timeoutMs ?? usual,
    mayComplete: !restartsAlways(service),
    ...(extension.http && { http: extension.http }),
    ...(extension.tcp && { tcp: extension.tcp }),
  }
}

/**
 * A job runs to its end, and is not started again while nothing about it changed: a service that others wait for with
 * `service_completed_successfully`, whose deploy mode is a job, or which says so (`x-windflow: {job: true}`).
 */
export function isJob(model: Project, name: string): boolean {
  const service = model.services[name]
  if (!service) return false
  if (service.deploy?.mode === 'replicated-job' || service.deploy?.mode === 'global-job') return true
  if (serviceExtension(name, service).job) return true
  return Object.values(model.services).some(
    (other) => other.depends_on?.[name]?.condition === 'service_completed_successfully',
  )
}

function restartsAlways(service: Service): boolean {
  const condition = service.deploy?.restart_policy?.condition
  if (condition !== undefined) return condition === 'any'
  return service.restart === 'always' || service.restart === 'unless-stopped'
}

/** Longest time a health check takes to say unhealthy, with as much again to spare. */
function healthcheckMs(service: Service): number {
  const check = service.healthcheck
  if (!check || check.disable) return 0
  const read = (text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : (durationMs(text) ?? otherwise)
  const round = read(check.interval, 30_000) + read(check.timeout, 30_000)
  return 2 * (read(check.start_period, 0) + round * (check.retries ?? 3))
}
