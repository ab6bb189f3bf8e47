import { describe, expect, it } from 'vitest'
import { allows, finalState, isFinal, OPERATION_STATES, origins, RUNNING_STATES } from './operation.ts'

describe('the state machine of operations', () => {
  it('leads from every state that is not final to a final one', () => {
    for (const start of OPERATION_STATES) {
      const reached = new Set([start])
      for (const from of reached) {
        for (const to of OPERATION_STATES) if (allows(from, to, 'worker') || allows(from, to, 'person')) reached.add(to)
      }
      expect([...reached].some(isFinal), start).toBe(true)
    }
  })

  it('never leaves a final state', () => {
    const final = OPERATION_STATES.filter(isFinal)
    expect(final).toEqual(['succeeded', 'failed', 'rolled_back', 'rollback_failed', 'cancelled'])
  })

  it('lets a person cancel everything but a rollback that is under way and what has ended', () => {
    const cancellable = new Set([...origins('cancelled', 'person'), ...origins('cancelling', 'person')])
    const rest = OPERATION_STATES.filter((state) => !cancellable.has(state) && !isFinal(state))
    expect(rest).toEqual(['rolling_back', 'cancelling'])
  })

  it('has a worker able to end every state a worker can die in', () => {
    for (const state of RUNNING_STATES) {
      expect(
        OPERATION_STATES.some((to) => isFinal(to) && allows(state, to, 'worker')),
        state,
      ).toBe(true)
    }
  })

  it('calls a cancelled operation that was rolled back cancelled', () => {
    expect(finalState('rolled_back', true)).toBe('cancelled')
    expect(finalState('rolled_back', false)).toBe('rolled_back')
    expect(finalState('succeeded', true)).toBe('succeeded')
  })
})
