import { describe, expect, it } from 'vitest'
import { Redactor } from './redactor.ts'
import { fillPlaceholders, looksLikeReference, parseReference, placeholder, placeholdersIn } from './reference.ts'

describe('redaction', () => {
  it('finds a secret in every spelling and place', () => {
    const secret = 'p"ss/w ord+é'
    const redactor = new Redactor([secret, 'abc'])
    const shown = redactor.value({
      plain: `x${secret}y`,
      json: JSON.stringify({ secret }),
      url: `postgres://u:${encodeURIComponent(secret)}@db`,
      base64: Buffer.from(secret).toString('base64'),
      list: [secret, 1, null],
      short: 'abc',
    })
    expect(JSON.stringify(shown)).not.toContain('ord')
    expect(shown).toMatchObject({
      plain: 'x[redacted]y',
      url: 'postgres://u:[redacted]@db',
      list: ['[redacted]', 1, null],
      short: 'abc',
    })
  })

  it('blackens the longer of two overlapping secrets as a whole, and every line of a long one', () => {
    expect(new Redactor(['hunter', 'hunter2000']).text('is hunter2000.')).toBe('is [redacted].')
    expect(new Redactor(['-----BEGIN-----\nMIIEvQIBADAN\n']).text('got MIIEvQIBADAN')).toBe('got [redacted]')
  })
})

describe('secret references', () => {
  it('are told from plain values', () => {
    expect(parseReference('secret://db-password')).toEqual({ provider: 'local', name: 'db-password' })
    expect(parseReference('secret://vault/db.password@12')).toEqual({
      provider: 'vault',
      name: 'db.password',
      version: 12,
    })
    expect(parseReference('hunter2')).toBeUndefined()
    expect(parseReference('secret://no spaces')).toBeUndefined()
    expect(looksLikeReference('secret://no spaces')).toBe(true)
  })

  it('stand in a stored model until it is used', () => {
    const mark = placeholder({ provider: 'local', name: 'db', version: 3 })
    const model = { services: { web: { environment: { URL: `postgres://u:${mark}@db` } } } }
    expect(placeholdersIn(model)).toEqual([{ provider: 'local', name: 'db', version: 3 }])
    expect(fillPlaceholders(model, new Map([[mark, 'x$&y']])).services.web.environment.URL).toBe('postgres://u:x$&y@db')
    expect(() => fillPlaceholders(model, new Map())).toThrow(/no value/)
  })
})
