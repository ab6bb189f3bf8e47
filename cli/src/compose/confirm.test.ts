import { describe, expect, it } from 'vitest'
import { mayGoOn } from './confirm.ts'

describe('a plan goes on', () => {
  it.each([
    ['none', false, true, 'go'],
    ['restart', false, true, 'go'],
    ['downtime', false, true, 'ask'],
    ['downtime', false, false, 'go'],
    ['downtime', true, true, 'go'],
    ['data-loss', false, true, 'ask'],
    ['data-loss', false, false, 'refuse'],
    ['data-loss', true, false, 'go'],
  ] as const)('with impact %s, --yes %s, terminal %s: %s', (impact, yes, terminal, verdict) => {
    expect(mayGoOn(impact, { yes, terminal })).toBe(verdict)
  })
})
