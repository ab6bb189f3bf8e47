import { describe, expect, test } from 'vitest'
import { decideGate } from './decide.ts'
import type { GateSample, GateSpec } from './spec.ts'

const READY: GateSpec = { kind: 'ready', stableMs: 1000, timeoutMs: 60_000, mayComplete: false }

function look(more: Partial<GateSample> = {}): GateSample {
  return { at: 10_000, state: 'running', health: 'none', startedAt: 10_000, restartCount: 0, ...more }
}

function decide(spec: GateSpec, latest: GateSample, first = look()) {
  return decideGate(spec, first, latest)
}

describe('a container without a health check', () => {
  test('passes when it ran for a second since its own start, and says how long is left until then', () => {
    expect(decide(READY, look({ at: 10_400 }))).toMatchObject({ status: 'waiting', waitMs: 600 })
    expect(decide(READY, look({ at: 11_000 }))).toMatchObject({ status: 'passed' })
  })

  test('passes at once when it had been running long before anybody looked', () => {
    const old = look({ startedAt: 2000 })
    expect(decide(READY, old, old)).toMatchObject({ status: 'passed' })
  })

  test('fails when it exits, with its code, and when it was restarted', () => {
    expect(decide(READY, look({ state: 'exited', exitCode: 3 }))).toMatchObject({
      status: 'failed',
      code: 'container-exited',
      reason: 'the container exited with code 3',
    })
    expect(decide(READY, look({ state: 'exited', exitCode: 137, oomKilled: true }))).toMatchObject({
      reason: 'the container exited with code 137 (out of memory)',
    })
    expect(decide(READY, look({ restartCount: 1 }))).toMatchObject({ code: 'container-restarted' })
    expect(decide(READY, look({ state: 'restarting', exitCode: 1 }))).toMatchObject({ code: 'container-restarted' })
    expect(decide(READY, look({ state: 'gone' }))).toMatchObject({ code: 'container-gone' })
  })

  test('that ends well passes only where it may rest', () => {
    const ended = look({ state: 'exited', exitCode: 0 })
    expect(decide(READY, ended)).toMatchObject({ status: 'failed' })
    expect(decide({ ...READY, mayComplete: true }, ended)).toMatchObject({ status: 'passed' })
  })
})

describe('a container with a health check', () => {
  test('waits while it starts, passes when healthy, fails when unhealthy with what the check said', () => {
    expect(decide(READY, look({ health: 'starting', at: 20_000 }))).toMatchObject({ status: 'waiting' })
    expect(decide(READY, look({ health: 'healthy' }))).toMatchObject({ status: 'passed', reason: 'healthy' })
    expect(decide(READY, look({ health: 'unhealthy', healthOutput: 'refused\n' }))).toMatchObject({
      code: 'container-unhealthy',
      reason: 'the health check says unhealthy: refused',
    })
  })

  test('may crash a few times while it waits for others, but not for ever', () => {
    expect(decide(READY, look({ health: 'starting', restartCount: 3 }))).toMatchObject({ status: 'waiting' })
    expect(decide(READY, look({ health: 'starting', restartCount: 4 }))).toMatchObject({ code: 'container-restarted' })
  })

  test('fails when it takes too long, and says what it was waiting for', () => {
    expect(decide(READY, look({ health: 'starting', at: 70_000 }))).toMatchObject({
      status: 'failed',
      code: 'gate-timeout',
      reason: 'not ready after 60 s: waiting for the health check',
    })
  })
})

test('a job passes when it ended with 0 and not before', () => {
  const job: GateSpec = { ...READY, kind: 'completed' }
  expect(decide(job, look({ at: 30_000 }))).toMatchObject({ status: 'waiting' })
  expect(decide(job, look({ state: 'exited', exitCode: 0 }))).toMatchObject({ status: 'passed' })
  expect(decide(job, look({ state: 'exited', exitCode: 1 }))).toMatchObject({ status: 'failed' })
})

test('a probe is asked for when everything else has passed, and decides', () => {
  const probed: GateSpec = { ...READY, tcp: { port: 80 } }
  expect(decide(probed, look({ at: 10_500 }))).toMatchObject({ status: 'waiting', probe: false })
  expect(decide(probed, look({ at: 11_000 }))).toMatchObject({ status: 'waiting', probe: true, waitMs: 0 })
  const refused = look({ at: 11_000, probe: { ok: false, message: 'connection refused' } })
  expect(decide(probed, refused)).toMatchObject({ status: 'waiting', probe: true, reason: 'connection refused' })
  expect(decide(probed, { ...refused, at: 70_000 })).toMatchObject({ status: 'failed', code: 'gate-timeout' })
  const accepted = look({ at: 12_000, probe: { ok: true, message: 'port 80 accepts' } })
  expect(decide(probed, accepted)).toMatchObject({ status: 'passed', reason: 'port 80 accepts' })
})

test('one that only has to run passes at once, whatever its health', () => {
  const running: GateSpec = { ...READY, kind: 'running' }
  expect(decide(running, look({ health: 'unhealthy' }))).toMatchObject({ status: 'passed' })
  expect(decide(running, look({ state: 'exited', exitCode: 1 }))).toMatchObject({ status: 'failed' })
})
