import type { GateSample, GateSpec } from './spec.ts'

export type GateDecision =
  /** Look again after `waitMs` at the latest, earlier when the engine tells of a change. */
  | { readonly status: 'waiting'; readonly reason: string; readonly waitMs: number; readonly probe: boolean }
  | { readonly status: 'passed'; readonly reason: string }
  | { readonly status: 'failed'; readonly code: string; readonly reason: string }

/** Longest pause between two looks: short enough that a verdict is not late, long enough to cost nothing. */
const LOOK_MS = 250

/** A service with a health check may crash while it waits for another (a common pattern), but not for ever. */
const RESTARTS_WITH_HEALTHCHECK = 3

/**
 * Decides from the first and the latest look at a container. Pure: the caller looks, waits and probes.
 * When `waiting` says `probe`, everything else has passed and the next look should carry the probe's outcome.
 */
export function decideGate(spec: GateSpec, first: GateSample, latest: GateSample): GateDecision {
  const failure = failed(spec, first, latest)
  if (failure) return failure
  const wait = pending(spec, latest)
  if (wait) return timedOut(spec, first, latest, wait) ?? { status: 'waiting', probe: false, ...wait }
  if (latest.state === 'exited') return { status: 'passed', reason: 'exited with code 0' }
  if (spec.http === undefined && spec.tcp === undefined) return { status: 'passed', reason: passedReason(spec, latest) }
  if (latest.probe?.ok) return { status: 'passed', reason: latest.probe.message }
  const probing = { reason: latest.probe?.message ?? 'waiting for the probe', waitMs: latest.probe ? LOOK_MS : 0 }
  return timedOut(spec, first, latest, probing) ?? { status: 'waiting', probe: true, ...probing }
}

function failed(spec: GateSpec, first: GateSample, latest: GateSample): GateDecision | undefined {
  const oom = latest.oomKilled ? ' (out of memory)' : ''
  switch (latest.state) {
    case 'gone':
    case 'removing':
    case 'dead':
      return { status: 'failed', code: 'container-gone', reason: 'the container was removed' }
    case 'exited': {
      const code = latest.exitCode ?? 0
      if (code === 0 && (spec.kind === 'completed' || spec.mayComplete)) return undefined
      return { status: 'failed', code: 'container-exited', reason: `the container exited with code ${code}${oom}` }
    }
    default:
  }
  const restarts = latest.restartCount - first.restartCount
  const crashed = latest.state === 'restarting' || restarts > 0
  if (crashed && (latest.health === 'none' || restarts > RESTARTS_WITH_HEALTHCHECK)) return restarted(latest, oom)
  if (spec.kind === 'ready' && latest.health === 'unhealthy') {
    const said = latest.healthOutput?.trim()
    return {
      status: 'failed',
      code: 'container-unhealthy',
      reason: said ? `the health check says unhealthy: ${said.slice(0, 500)}` : 'the health check says unhealthy',
    }
  }
  return undefined
}

function restarted(latest: GateSample, oom: string): GateDecision {
  const code = latest.exitCode === undefined ? '' : ` with code ${latest.exitCode}`
  return {
    status: 'failed',
    code: 'container-restarted',
    reason: `the container exited${code}${oom} and was restarted`,
  }
}

type Wait = { readonly reason: string; readonly waitMs: number }

function pending(spec: GateSpec, latest: GateSample): Wait | undefined {
  if (latest.state === 'exited') return undefined
  if (spec.kind === 'completed') return { reason: 'waiting for the job to end', waitMs: LOOK_MS }
  if (latest.state !== 'running') return { reason: `the container is ${latest.state}`, waitMs: LOOK_MS }
  if (spec.kind === 'running' || latest.health === 'healthy') return undefined
  if (latest.health !== 'none') return { reason: 'waiting for the health check', waitMs: LOOK_MS }
  return notStable(spec, latest)
}

function notStable(spec: GateSpec, latest: GateSample): Wait | undefined {
  const left = spec.stableMs - (latest.at - (latest.startedAt ?? latest.at))
  return left > 0 ? { reason: 'waiting to see that it keeps running', waitMs: left } : undefined
}

function timedOut(spec: GateSpec, first: GateSample, latest: GateSample, wait: Wait): GateDecision | undefined {
  if (latest.at - first.at < spec.timeoutMs) return undefined
  return {
    status: 'failed',
    code: 'gate-timeout',
    reason: `not ready after ${spec.timeoutMs / 1000} s: ${wait.reason}`,
  }
}

function passedReason(spec: GateSpec, latest: GateSample): string {
  if (spec.kind === 'running') return 'running'
  if (latest.health === 'healthy') return 'healthy'
  return `ran for ${spec.stableMs / 1000} s without a restart`
}
