import { type Plan, resourceKey, type Step, type StepEvent, toFailure } from '@windflow/engine'
import type { Broker } from '../../broker/broker.ts'
import type { Database } from '../../db/database.ts'
import type { Logger } from '../../kernel/log.ts'
import type { Redactor } from '../../secrets/redactor.ts'
import { operationChannel } from '../operations.ts'
import { type Fence, leaseRepository, type NewLogLine, type StepChange } from './lease-repository.ts'

const FLUSH_MS = 100
const FLUSH_LINES = 500
const MAX_LINE = 8192

export interface JournalParts {
  readonly database: Database
  readonly broker: Broker
  readonly log: Logger
}

/**
 * What an operation did, as rows: log lines with numbers, and the state of each step. Written in batches, redacted first,
 * in order; what cannot be written because the database is away stays here and is written later.
 */
export class Journal {
  readonly #parts: JournalParts
  readonly #fence: Fence
  readonly #attempt: number
  #redactor: Redactor
  #lines: NewLogLine[] = []
  #steps = new Map<string, StepChange>()
  #stepNumber = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #lost = false

  constructor(parts: JournalParts, fence: Fence, attempt: number, redactor: Redactor) {
    this.#parts = parts
    this.#fence = fence
    this.#attempt = attempt
    this.#redactor = redactor
  }

  /** From when the secrets of the operation are known. */
  redactWith(redactor: Redactor): void {
    this.#redactor = redactor
  }

  line(level: 'info' | 'warn' | 'error' | 'output', text: string, step: string | null = null): void {
    for (const line of this.#redactor.text(text).split(/\r?\n/)) {
      this.#lines.push({ time: new Date(), level, step, text: line.replaceAll('\u0000', '').slice(0, MAX_LINE) })
    }
    this.#soon()
  }

  /** Lists the steps of a plan before they begin. */
  plan(plan: Plan): void {
    for (const step of plan.steps) this.#step(step, false, { state: 'waiting' })
    this.#soon()
  }

  event(event: StepEvent): void {
    switch (event.type) {
      case 'step-started':
        this.#step(event.step, event.restore, { state: 'running', startedAt: new Date() })
        this.line('info', `${event.step.action} ${resourceKey(event.step.resource)}`, event.step.id)
        break
      case 'step-progress':
        if (event.progress.line !== undefined) this.line('output', event.progress.line, event.step.id)
        else if (event.progress.message !== undefined) this.line('info', event.progress.message, event.step.id)
        break
      case 'step-retried':
        this.line('warn', `again after: ${event.error.message}`, event.step.id)
        break
      case 'step-ended': {
        const message = event.error === undefined ? null : this.#redactor.text(toFailure(event.error).message)
        this.#step(event.step, event.restore, { state: event.result.status, finishedAt: new Date(), message })
        if (event.error !== undefined && event.result.status === 'failed') {
          const failure = toFailure(event.error)
          this.line(
            'error',
            `${event.step.action} ${resourceKey(event.step.resource)}: ${failure.message}`,
            event.step.id,
          )
          for (const line of failure.lines) this.line('output', line, event.step.id)
        }
        break
      }
      case 'restore-started':
        this.line('warn', 'putting the state before back')
        for (const step of event.plan.steps) this.#step(step, true, { state: 'waiting' })
        break
    }
    this.#soon()
  }

  #step(
    step: Step,
    restore: boolean,
    change: Partial<Pick<StepChange, 'state' | 'message' | 'startedAt' | 'finishedAt'>>,
  ): void {
    const key = restore ? `restore/${step.id}` : step.id
    const known = this.#steps.get(key)
    this.#steps.set(key, {
      attempt: this.#attempt,
      step: key,
      number: known?.number ?? this.#stepNumber++,
      phase: restore ? 'restore' : step.phase,
      action: step.action,
      resource: resourceKey(step.resource),
      state: 'waiting',
      message: null,
      startedAt: null,
      finishedAt: null,
      ...known,
      ...change,
    })
    this.#changed.add(key)
  }

  readonly #changed = new Set<string>()

  #soon(): void {
    if (this.#lines.length >= FLUSH_LINES) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
  }

  /** Writes everything that waits. Resolves when it is written, or when it never will be: the lease is lost. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async #write(): Promise<void> {
    const lines = this.#lines
    const steps = [...this.#changed].flatMap((key) => this.#steps.get(key) ?? [])
    this.#lines = []
    this.#changed.clear()
    if (this.#lost || (lines.length === 0 && steps.length === 0)) return
    try {
      await this.#parts.database.query.transaction().execute(async (query) => {
        await leaseRepository.saveSteps(query, this.#fence, steps)
        if (lines.length > 0 && !(await leaseRepository.appendLog(query, this.#fence, lines))) this.#lost = true
      })
      this.#parts.broker.publish(operationChannel(this.#fence.operation), 'log')
    } catch (error) {
      this.#parts.log.warn({ err: error, operation: this.#fence.operation }, 'the journal waits for the database')
      this.#lines = [...lines, ...this.#lines]
      for (const { step } of steps) this.#changed.add(step)
      this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS * 10)
    }
  }

  /** Ends the journal. Lines that could not be written for a while are given up then. */
  async close(): Promise<void> {
    for (let tries = 0; tries < 20; tries++) {
      await this.flush()
      if (this.#lost || (this.#lines.length === 0 && this.#changed.size === 0)) break
      await new Promise((resolve) => setTimeout(resolve, FLUSH_MS * 5))
    }
    clearTimeout(this.#timer)
    this.#lost = true
  }
}
