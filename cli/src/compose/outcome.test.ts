import type { Change, Outcome, OutcomeStatus, Plan } from '@windflow/engine'
import { expect, it } from 'vitest'
import { PLAIN } from '../show/style.ts'
import { outcomeText } from './outcome.ts'

const WORDS = { succeeded: 'release 1 of shop is running', unchanged: 'nothing to change' }

function create(kind: 'volume' | 'service', name: string): Change {
  return { resource: { kind, name }, action: 'create', fields: [], reason: 'it does not exist', impact: 'none' }
}

/** What is said of an operation with these changes, of which the steps in `done` were done. */
function said(status: OutcomeStatus, changes: readonly Change[], done: readonly string[]): string {
  const plan: Plan = { project: 'shop', changes, impact: 'none', fingerprint: 'f', steps: [] }
  const steps = done.map((id) => ({ id, status: 'done' as const, attempts: 1, milliseconds: 1, restore: false }))
  const outcome: Outcome = { status, warnings: [], steps }
  return outcomeText({ plan, outcome }, WORDS, PLAIN)
}

it.each(['rolled_back', 'cancelled'] as const)('names the volumes that stay when a first deploy is %s', (status) => {
  const changes = [create('volume', 'data'), create('volume', 'logs'), create('service', 'web')]
  const text = said(status, changes, ['create-volume/volume/data', 'create/service/web/1'])
  expect(text).toContain('everything is as it was before')
  expect(text).toMatch(/volume data, which stays\n$/)
})

it('claims no exception where there is none', () => {
  expect(said('rolled_back', [create('service', 'web')], ['create/service/web/1'])).toBe(
    'failed, and everything is as it was before\n',
  )
})
