import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { differences, equal, HIDDEN } from './fields.ts'

describe('differences', () => {
  test('are shown at their place, in the words of Compose', () => {
    const before = { ports: [{ published: '80' }], image: 'a', environment: { LEVEL: 'info', GONE: '1' } }
    const after = { ports: [{ published: '81' }], image: 'a', environment: { LEVEL: 'debug', NEW: 'true' } }
    expect(differences(before, after)).toEqual([
      { path: 'ports[0].published', before: '80', after: '81' },
      { path: 'environment.LEVEL', before: 'info', after: 'debug' },
      { path: 'environment.GONE', before: '1' },
      { path: 'environment.NEW', after: 'true' },
    ])
  })

  test.each([
    'hunter2',
    'postgres://u:p@db/x',
    'AKIA123',
    'https://hooks.example/T0/B0/xyz',
    '8f14e45fceea167a5a36dedd4bea2543',
  ])('never hold what may be a secret (%s)', (secret) => {
    const fields = [
      ...differences({ environment: { A: '1' } }, { environment: { A: secret } }),
      ...differences({ command: ['x'] }, { command: ['x', `--token=${secret}`] }),
      ...differences({ labels: {} }, { labels: { a: secret } }),
      ...differences({ logging: { options: {} } }, { logging: { options: { url: secret } } }),
    ]
    expect(JSON.stringify(fields)).not.toContain(secret)
    expect(fields.every((field) => field.sensitive && field.after === HIDDEN)).toBe(true)
  })

  test('are none exactly when both are equal', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (a, b) => {
        expect(differences(a, a)).toEqual([])
        expect(differences(a, b).length === 0).toBe(equal(a, b))
      }),
    )
  })
})
