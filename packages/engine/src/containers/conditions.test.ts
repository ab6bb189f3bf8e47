import { expect, test } from 'vitest'
import { newEngine, project, up } from '../../test/memory/world.ts'

const healthy = (required: boolean) => ({ db: { condition: 'service_healthy', required } })

test('every dependent waits for a health that no gate of its own asks for', async () => {
  const model = project({
    a: { depends_on: healthy(true) },
    b: { depends_on: healthy(true) },
    db: { image: 'slow:1' },
  })
  const { plan, outcome } = await up(newEngine(), model, { plan: { gate: false } })
  expect(outcome.status).toBe('succeeded')
  for (const id of ['start/service/a/1', 'start/service/b/1'])
    expect(plan.steps.find((step) => step.id === id)?.after).toContain('gate/service/db/1')
})

test('a health that one dependent can do without is still required by another', async () => {
  const model = project({
    a: { depends_on: healthy(false) },
    b: { depends_on: healthy(true) },
    db: { image: 'sick:1' },
  })
  const { outcome } = await up(newEngine(), model, { plan: { gate: false } })
  expect(outcome.status).toBe('rolled_back')
  expect(outcome.failure?.step).toBe('gate/service/db/1')
})
