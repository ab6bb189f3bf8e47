import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Keyring, loadKeyring, newKeyring, rotateKeyring } from './keyring.ts'

describe('keyring', () => {
  it('opens what it sealed, in the same context only', () => {
    const keyring = new Keyring(newKeyring())
    const sealed = keyring.seal('hunter2 é', 'secret/a/1')
    expect(sealed).not.toContain('hunter2')
    expect(keyring.open(sealed, 'secret/a/1')).toBe('hunter2 é')
    expect(() => keyring.open(sealed, 'secret/b/1')).toThrow()
  })

  it('seals the same text differently each time, and refuses a changed one', () => {
    const keyring = new Keyring(newKeyring())
    const [one, two] = [keyring.seal('x', 'c'), keyring.seal('x', 'c')]
    expect(one).not.toBe(two)
    const changed = one.slice(0, -2) + (one.endsWith('AA') ? 'BB' : 'AA')
    expect(() => keyring.open(changed, 'c')).toThrow()
  })

  it('reads old values after a rotation, and wraps them again without knowing them', async () => {
    const data = mkdtempSync(join(tmpdir(), 'windflow-keyring-'))
    const before = await loadKeyring(undefined, data)
    const sealed = before.seal('value', 'c')
    const after = await rotateKeyring(data)
    expect(after.open(sealed, 'c')).toBe('value')
    const rewrapped = after.rewrap(sealed, 'c') ?? ''
    expect(rewrapped.split('.')[1]).toBe('2')
    expect(after.open(rewrapped, 'c')).toBe('value')
    expect(after.rewrap(rewrapped, 'c')).toBeUndefined()
    expect(() => before.open(rewrapped, 'c')).toThrow(/key "2"/)
  })

  it('is kept for its owner alone, and made once', async () => {
    const data = mkdtempSync(join(tmpdir(), 'windflow-keyring-'))
    await loadKeyring(undefined, data)
    const text = readFileSync(join(data, 'keyring.json'), 'utf8')
    await loadKeyring(undefined, data)
    expect(readFileSync(join(data, 'keyring.json'), 'utf8')).toBe(text)
    expect(statSync(join(data, 'keyring.json')).mode & 0o777).toBe(0o600)
  })

  it('refuses what is no keyring', () => {
    for (const text of ['', '{}', '{"current":"2","keys":{"1":"AAAA"}}', '{"current":"1","keys":{"1":"AAAA"}}']) {
      expect(() => new Keyring(text)).toThrow(/keyring is not usable/)
    }
  })
})
