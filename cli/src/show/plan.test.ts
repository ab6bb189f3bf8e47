import type { Change, Plan } from '@windflow/engine'
import { describe, expect, it } from 'vitest'
import { planText } from './plan.ts'
import { COLOURED, PLAIN } from './style.ts'

function plan(changes: readonly Change[], impact: Plan['impact'] = 'none'): Plan {
  return { project: 'shop', changes, impact, fingerprint: 'f', steps: [] }
}

const web = { kind: 'service', name: 'web', instance: 1 } as const
const unchanged: Change = {
  resource: { kind: 'network', name: 'default' },
  action: 'none',
  fields: [],
  reason: '',
  impact: 'none',
}

describe('a plan for a person', () => {
  it('says that there is nothing to do', () => {
    expect(planText(plan([unchanged]), PLAIN)).toBe('shop: no changes\n')
  })

  it('gives each change its reason, impact and fields, and counts them', () => {
    const replace: Change = {
      resource: web,
      action: 'replace',
      reason: 'image changed',
      impact: 'downtime',
      fields: [
        { path: 'image', before: 'web:1', after: 'web:2' },
        { path: 'ports[1]', after: '8081:80' },
      ],
    }
    const create: Change = {
      resource: { kind: 'volume', name: 'data' },
      action: 'create',
      reason: 'not there yet',
      impact: 'none',
      fields: [],
    }
    expect(planText(plan([unchanged, create, replace], 'downtime'), PLAIN)).toBe(
      [
        'shop:',
        '',
        '  + volume data    create   not there yet',
        '  ± service web#1  replace  image changed  [downtime]',
        '      image: "web:1" → "web:2"',
        '      ports[1]: (not set) → "8081:80"',
        '',
        '1 to create, 1 to replace; 1 unchanged (worst impact: downtime)',
        '',
      ].join('\n'),
    )
  })

  it('never shows a sensitive value', () => {
    const text = planText(
      plan([
        {
          resource: web,
          action: 'replace',
          reason: 'environment changed',
          impact: 'restart',
          fields: [{ path: 'environment.PASSWORD', before: 'old-secret', after: 'new-secret', sensitive: true }],
        },
      ]),
      PLAIN,
    )
    expect(text).toContain('environment.PASSWORD: (changed, the value is not shown)')
    expect(text).not.toContain('secret')
  })

  it('cuts long values', () => {
    const fields = [{ path: 'command', before: 'x'.repeat(500), after: 'y' }]
    const text = planText(
      plan([{ resource: web, action: 'replace', reason: 'command changed', impact: 'restart', fields }]),
      PLAIN,
    )
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(120)
  })

  it('says the same in colours', () => {
    const change: Change = {
      resource: web,
      action: 'delete',
      reason: 'no longer in the files',
      impact: 'data-loss',
      fields: [],
    }
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
    const coloured = planText(plan([change], 'data-loss'), COLOURED)
    expect(coloured).toMatch(escapes)
    expect(coloured.replace(escapes, '')).toBe(planText(plan([change], 'data-loss'), PLAIN))
  })
})
