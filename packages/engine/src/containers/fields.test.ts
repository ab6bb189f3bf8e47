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
      ...differences({}, { logging: { options: { url: secret } } }),
      ...differences({}, { healthcheck: { test: ['CMD', 'check', secret] } }),
      ...differences({ driver_opts: { o: 'x=y' } }, { driver_opts: { o: `username=me,password=${secret}` } }),
      ...differences({ networks: {} }, { networks: { a: { driver_opts: { key: secret } } } }),
      ...differences({ volumes: [] }, { volumes: [{ target: '/a', labels: { a: secret } }] }),
    ]
    expect(JSON.stringify(fields)).not.toContain(secret)
    expect(fields.every((field) => field.sensitive && field.after === HIDDEN)).toBe(true)
  })

  test('never hold the value of a name that says it is secret, however harmless the value looks', () => {
    const fields = differences(
      { environment: {} },
      { environment: { DB_PASSWORD: 'test', API_KEY: '1234', PORT: '80' } },
    )
    expect(fields.map(({ path, after }) => [path, after])).toEqual([
      ['environment.DB_PASSWORD', HIDDEN],
      ['environment.API_KEY', HIDDEN],
      ['environment.PORT', '80'],
    ])
  })

  test('are shown one by one where the whole attribute is new or gone', () => {
    expect(differences({}, { healthcheck: { test: ['CMD', 'x'], interval: '5s' } })).toEqual([
      { path: 'healthcheck.test', after: HIDDEN, sensitive: true },
      { path: 'healthcheck.interval', after: '5s' },
    ])
    expect(differences({ logging: { driver: 'local' } }, {})).toEqual([{ path: 'logging.driver', before: 'local' }])
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
