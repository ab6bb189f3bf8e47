import { describe, expect, test } from 'vitest'
import type { Desired, Driver } from './driver.ts'
import { EngineError, FencedError, GateFailedError } from './errors.ts'
import { type ApplyOptions, apply } from './executor.ts'
import type { Change, Phase, Plan, Step } from './plan.ts'

const DESIRED: Desired = {
  project: 'p',
  model: { name: 'p', services: {} },
  hashes: { services: {}, networks: {}, volumes: {} },
  deployment: '',
  release: 1,
  operation: 'o',
}

const CHANGE: Change = {
  resource: { kind: 'service', name: 'x' },
  action: 'create',
  fields: [],
  reason: '',
  impact: 'none',
}

function step(id: string, more: Partial<Step> = {}): Step {
  const resource = { kind: 'service', name: id } as const
  return {
    id,
    phase: 'change',
    action: 'do',
    resource,
    after: [],
    timeoutMs: 5000,
    writes: true,
    parameters: {},
    ...more,
  }
}

function plan(steps: readonly Step[], changes: readonly Change[] = [CHANGE]): Plan {
  return { project: 'p', changes, fingerprint: '', impact: changes[0]?.impact ?? 'none', steps }
}

type Behaviour = (step: Step, signal: AbortSignal) => unknown

/** A driver that does what a test says; going back is one step, after which the state is the one before. */
function driverOf(behaviour: Behaviour) {
  const log: string[] = []
  let restored = false
  const driver: Pick<Driver<string>, 'perform' | 'observe' | 'planRestore'> = {
    async perform(given, { signal }) {
      log.push(given.id)
      await behaviour(given, signal)
      if (given.id === 'back') restored = true
    },
    observe: async () => 'now',
    planRestore: async () => (restored ? plan([], []) : plan([step('back')])),
  }
  return { driver: driver as Driver<string>, log }
}

async function run(
  steps: readonly Step[],
  behaviour: Behaviour,
  options: Partial<ApplyOptions> = {},
  changes = [CHANGE],
) {
  const { driver, log } = driverOf(behaviour)
  const input = { desired: DESIRED, plan: plan(steps, changes), before: 'before' }
  const outcome = await apply(driver, input, { signal: new AbortController().signal, ...options })
  return { outcome, log }
}

const fine = (): undefined => undefined

function failing(id: string, error: Error = new EngineError('x', 'no', { class: 'target' })): Behaviour {
  return (given) => {
    if (given.id === id) throw error
  }
}

test('an empty plan does nothing at all', async () => {
  const { outcome, log } = await run([], fine, {}, [])
  expect(outcome.status).toBe('unchanged')
  expect(log).toEqual([])
})

test('phases follow each other, and within one the graph decides', async () => {
  const steps = [
    step('commit', { phase: 'commit' }),
    step('second', { after: ['first'] }),
    step('first'),
    step('prepare', { phase: 'prepare' }),
  ]
  const { outcome, log } = await run(steps, fine)
  expect(outcome.status).toBe('succeeded')
  expect(log).toEqual(['prepare', 'first', 'second', 'commit'])
})

test('never more steps at once than allowed, and as many as allowed', async () => {
  let now = 0
  let most = 0
  await run(
    Array.from({ length: 20 }, (_, i) => step(`s${i}`)),
    async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setImmediate(resolve))
      now--
    },
    { parallelism: 3 },
  )
  expect(most).toBe(3)
})

describe('a failure', () => {
  const all: Phase[] = ['prepare', 'change', 'commit']
  const steps = all.map((phase) => step(phase, { phase }))

  test('while preparing ends it with nothing touched', async () => {
    const { outcome, log } = await run(steps, failing('prepare'))
    expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'prepare', code: 'x' } })
    expect(log).toEqual(['prepare'])
  })

  test('in the change puts the state before back', async () => {
    const error = new GateFailedError('gate', 'never healthy', { lines: ['boom'] })
    const { outcome, log } = await run(steps, failing('change', error))
    expect(outcome).toMatchObject({ status: 'rolled_back', failure: { message: 'never healthy', lines: ['boom'] } })
    expect(log).toEqual(['prepare', 'change', 'back'])
  })

  test('after the verdict is only reported, and the rest of the clean-up goes on', async () => {
    const { outcome, log } = await run([...steps, step('other', { phase: 'commit' })], failing('commit'))
    expect(outcome).toMatchObject({ status: 'succeeded', warnings: [{ step: 'commit' }] })
    expect(log).toContain('other')
  })

  test('on the way back is told apart', async () => {
    const { outcome } = await run(steps, (given) => {
      if (given.id === 'change') throw new EngineError('first', 'no', { class: 'target' })
      if (given.id === 'back') throw new EngineError('second', 'no', { class: 'target' })
    })
    expect(outcome).toMatchObject({
      status: 'rollback_failed',
      failure: { code: 'first' },
      rollbackFailure: { code: 'second' },
    })
  })

  test('that is transient is tried again, any other is not', async () => {
    let tries = 0
    const flaky =
      (error: EngineError): Behaviour =>
      (given) => {
        if (given.id === 'change' && ++tries < 3) throw error
      }
    const events: string[] = []
    const away = new EngineError('away', 'no answer', { class: 'transient' })
    const { outcome } = await run(steps, flaky(away), { onEvent: (event) => events.push(event.type) })
    expect(outcome.status).toBe('succeeded')
    expect(outcome.steps.find((result) => result.id === 'change')?.attempts).toBe(3)
    expect(events.filter((type) => type === 'step-retried')).toHaveLength(2)
    tries = 0
    expect((await run(steps, flaky(new EngineError('x', 'no', { class: 'target' })))).outcome.status).toBe(
      'rolled_back',
    )
  })

  test('that is no error of ours is a bug, without its stack', async () => {
    const { outcome } = await run(steps, failing('prepare', new RangeError('oops')))
    expect(outcome.failure).toEqual({
      step: 'prepare',
      resource: { kind: 'service', name: 'prepare' },
      class: 'bug',
      code: 'internal',
      message: 'oops',
      lines: [],
    })
  })

  test('lets writes that are under way end before it looks at what there is', async () => {
    let ended = false
    const slow = step('slow')
    const { outcome } = await run([slow, step('bad')], async (given, signal) => {
      if (given.id === 'bad') throw new EngineError('x', 'no', { class: 'target' })
      if (given.id === 'back') expect(ended).toBe(true)
      if (given.id !== 'slow') return
      for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
      expect(signal.aborted).toBe(false)
      ended = true
    })
    expect(outcome.status).toBe('rolled_back')
  })
})

test('a step that takes too long is cut off and counts as failed', async () => {
  const { outcome } = await run([step('slow', { timeoutMs: 20, phase: 'prepare' })], async (_, signal) => {
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  expect(outcome.failure).toMatchObject({ code: 'step-timeout', step: 'slow' })
})

describe('cancelling', () => {
  test('interrupts what only looks, and puts the state before back', async () => {
    const controller = new AbortController()
    const steps = [step('write'), step('look', { writes: false, after: ['write'] })]
    const { outcome, log } = await run(
      steps,
      async (given, signal) => {
        if (given.id !== 'look') return
        setImmediate(() => controller.abort())
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
      { signal: controller.signal },
    )
    expect(outcome.status).toBe('cancelled')
    expect(outcome.failure).toBeUndefined()
    expect(log).toEqual(['write', 'look', 'back'])
  })

  test('before anything was written touches nothing', async () => {
    const { outcome, log } = await run([step('write')], fine, { signal: AbortSignal.abort() })
    expect(outcome.status).toBe('cancelled')
    expect(log).toEqual([])
  })

  test('after the verdict comes too late', async () => {
    const controller = new AbortController()
    const { outcome, log } = await run(
      [step('commit', { phase: 'commit' }), step('last', { phase: 'commit', after: ['commit'] })],
      () => controller.abort(),
      { signal: controller.signal },
    )
    expect(outcome.status).toBe('succeeded')
    expect(log).toEqual(['commit', 'last'])
  })
})

test('a worker that lost its right to write writes nothing more, not even the way back', async () => {
  let allowed = 1
  const { outcome, log } = await run([step('a'), step('b', { after: ['a'] })], fine, {
    fence: () => {
      if (allowed-- === 0) throw new FencedError('p')
    },
  })
  expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'fenced' } })
  expect(log).toEqual(['a'])
})

test('data is not lost without consent', async () => {
  const changes: Change[] = [{ ...CHANGE, resource: { kind: 'volume', name: 'data' }, impact: 'data-loss' }]
  await expect(run([step('a')], fine, {}, changes)).rejects.toMatchObject({ code: 'consent-needed', class: 'user' })
  await expect(run([step('a')], fine, { consent: 'downtime' }, changes)).rejects.toMatchObject({
    code: 'consent-needed',
  })
  expect((await run([step('a')], fine, { consent: 'data-loss' }, changes)).outcome.status).toBe('succeeded')
})
