import { setTimeout as sleep } from 'node:timers/promises'
import {
  decideGate,
  GateFailedError,
  type GateSample,
  type GateSpec,
  type StepContext,
  type VerbStep,
} from '@windflow/engine'
import { inspectContainer } from '../api/containers.ts'
import { isNotFound } from '../api/errors.ts'
import type { ContainerInspect } from '../api/types.ts'
import type { Workbench } from './environment.ts'
import { lastLines } from './last-lines.ts'
import { probe } from './probe.ts'

/** The first looks follow each other quickly: most containers are ready at once, and a verdict should not be late. */
const FIRST_PAUSE_MS = 20
const PAUSE_GROWTH = 1.5

/** Looks until the gate is decided. A failure carries the container's last words. */
export async function gate(bench: Workbench, step: VerbStep<'gate'>, context: StepContext): Promise<void> {
  const { container, service, spec, optional } = step.parameters
  const verdict = await decide(bench, container, spec, context)
  if (verdict.status === 'passed') return context.report({ message: verdict.reason })
  if (optional) return context.report({ message: `${service}: ${verdict.reason}; nothing depends on it` })
  throw new GateFailedError(verdict.code, `service ${service}: ${verdict.reason}`, {
    lines: await lastLines(bench.engine, container, context.signal),
    hint: `look at the log and the health check of ${service}`,
  })
}

async function decide(bench: Workbench, container: string, spec: GateSpec, context: StepContext) {
  const { signal } = context
  const watch = new Watch(bench, container)
  let pause = FIRST_PAUSE_MS
  let said = ''
  let latest = await watch.look(undefined, signal)
  const first = latest
  while (true) {
    const decision = decideGate(spec, first, latest)
    if (decision.status !== 'waiting') return decision
    if (decision.reason !== said) context.report({ message: decision.reason })
    said = decision.reason
    if (decision.waitMs > 0) await sleep(Math.min(decision.waitMs, pause), undefined, { signal })
    pause *= PAUSE_GROWTH
    latest = await watch.look(decision.probe ? spec : undefined, signal)
  }
}

class Watch {
  readonly #bench: Workbench
  readonly #container: string
  #started = ''
  #startedAt = 0

  constructor(bench: Workbench, container: string) {
    this.#bench = bench
    this.#container = container
  }

  async look(spec: GateSpec | undefined, signal: AbortSignal): Promise<GateSample> {
    let inspect: ContainerInspect
    try {
      inspect = await inspectContainer(this.#bench.engine, this.#container, signal)
    } catch (error) {
      if (!isNotFound(error)) throw error
      return { at: Date.now(), state: 'gone', health: 'none', restartCount: 0 }
    }
    const { State, RestartCount } = inspect
    const probed = spec && State.Running ? await probe(this.#bench, inspect, spec, signal) : undefined
    const output = State.Health?.Log?.at(-1)?.Output
    const at = Date.now()
    return {
      at,
      state: State.Status,
      health: State.Health?.Status ?? 'none',
      startedAt: this.#startTime(State.StartedAt, at),
      restartCount: RestartCount,
      ...(State.Status !== 'running' && { exitCode: State.ExitCode }),
      ...(State.OOMKilled && { oomKilled: true }),
      ...(output !== undefined && { healthOutput: output }),
      ...(probed && { probe: probed }),
    }
  }

  /** The engine's clock is ours only where it runs here; elsewhere a start counts from when it was first seen. */
  #startTime(started: string, at: number): number {
    if (this.#bench.local) return Date.parse(started)
    if (started !== this.#started) {
      this.#started = started
      this.#startedAt = at
    }
    return this.#startedAt
  }
}
