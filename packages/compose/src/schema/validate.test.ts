import { describe, expect, it } from 'vitest'
import { describeViolation } from './place.ts'
import { validate } from './validate.ts'

const sentences = (document: unknown) =>
  validate(document).map((violation) =>
    violation.hint === undefined ? describeViolation(violation) : `${describeViolation(violation)} (${violation.hint})`,
  )
const ofService = (web: unknown) => sentences({ services: { web } })

describe('validate', () => {
  it('is content with short and long forms', () => {
    const document = {
      name: 'shop',
      services: {
        web: {
          image: 'nginx',
          ports: ['80:80', 443, { target: 8080, published: '9000-9010', 'x-why': 1 }],
          depends_on: { db: { condition: 'service_healthy' } },
          environment: ['A=1', 'B'],
          'x-windflow': { anything: [1, 2] },
        },
        db: { image: 'postgres', environment: { A: 1, B: null, C: true }, networks: { back: null } },
      },
      networks: { back: null },
      'x-template': ['whatever'],
    }
    expect(sentences(document)).toEqual([])
  })

  it('names the service and the place in it', () => {
    expect(ofService({ ports: [{ target: [80] }] })).toEqual([
      'service `web`: `ports[0].target` must be a whole number or text, not a list',
    ])
  })

  it('says what was probably meant by an unknown key', () => {
    expect(ofService({ imgae: 'x' })).toEqual(['service `web`: unknown key `imgae` (did you mean `image`?)'])
    expect(ofService({ networks: { a: { alias: [] } } })).toEqual([
      'service `web`: `networks.a`: unknown key `alias` (did you mean `aliases`?)',
    ])
    expect(sentences({ volume: {} })).toEqual(['unknown key `volume` (did you mean `volumes`?)'])
    expect(ofService({ qqq: 1 })).toEqual([
      'service `web`: unknown key `qqq` (take it out, or begin it with `x-` to keep it)',
    ])
  })

  it('lists the values that are possible', () => {
    expect(ofService({ depends_on: { db: { condition: 'service_heathy' } } })).toEqual([
      'service `web`: `depends_on.db.condition` must be `service_started`, `service_healthy` or `service_completed_successfully`, not `service_heathy` (did you mean `service_healthy`?)',
    ])
  })

  it('tells a missing key, a bound, a repetition and a bad name', () => {
    expect(ofService({ devices: [{ target: '/dev/x' }] })).toEqual([
      'service `web`: `devices[0]` needs the key `source`',
    ])
    expect(ofService({ oom_score_adj: 1001 })).toEqual([
      'service `web`: `oom_score_adj` must be at most 1000, not 1001',
    ])
    expect(ofService({ cap_add: ['A', 'B', 'A'] })).toEqual([
      'service `web`: `cap_add[2]` says the same as entry 1 of the list (take one of them out)',
    ])
    expect(sentences({ services: { 'web 1': {} } })).toEqual([
      '`services`: `web 1` is not allowed as a name (use letters, digits, dots, dashes and underscores)',
    ])
  })

  it('accepts either trigger of a job and asks for one', () => {
    expect(sentences({ jobs: { j: { triggers: { manual: true } } } })).toEqual([])
    expect(sentences({ jobs: { j: { triggers: {} } } })).toEqual(['job `j`: `triggers` needs `manual` or `schedule`'])
  })

  it('reports everything at once', () => {
    expect(ofService({ image: 1, privileged: [], nope: 1 })).toHaveLength(3)
  })

  it('is not led astray by names from Object.prototype', () => {
    expect(ofService({ constructor: 'x' })).toHaveLength(1)
    expect(ofService(JSON.parse('{"__proto__": 1}'))).toHaveLength(1)
  })
})
