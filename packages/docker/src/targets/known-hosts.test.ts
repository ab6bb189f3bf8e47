import { createHmac, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommand } from '../../../../scripts/testing/command.ts'
import {
  fingerprint,
  hostKeyAlgorithms,
  keyType,
  knownHostName,
  matchesPinnedKey,
  matchingHosts,
  parseKnownHosts,
  verifyHostKey,
} from './known-hosts.ts'

/** A public key in the wire form (RFC 8709, section 4), as a server presents it. */
function hostKey(type = 'ssh-ed25519'): Buffer {
  const raw = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const text = (value: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(value.length)
    return Buffer.concat([length, value])
  }
  return Buffer.concat([text(Buffer.from(type)), text(raw)])
}

const line = (hosts: string, key: Buffer) => `${hosts} ${keyType(key)} ${key.toString('base64')}`

function verdict(file: string, name: string, key: Buffer) {
  return verifyHostKey(matchingHosts(parseKnownHosts(file, '/kh'), [name]), key)
}

describe('a known_hosts file', () => {
  const key = hostKey()
  const other = hostKey()

  it.each([
    ['host.example', 'host.example', true],
    ['a.example,host.example', 'host.example', true],
    ['HOST.example', 'host.example', true],
    ['*.example', 'host.example', true],
    ['h?st.example', 'host.example', true],
    ['*.example,!host.example', 'host.example', false],
    ['[host.example]:2222', '[host.example]:2222', true],
    ['host.example', '[host.example]:2222', false],
    ['hostxexample', 'host.example', false],
  ])('with %s: %s is known is %s', (hosts, name, known) => {
    expect(verdict(line(hosts, key), name, key).result).toBe(known ? 'accepted' : 'unknown')
  })

  it('with hashed names knows the host and no other', () => {
    const salt = Buffer.from('0123456789abcdefghij')
    const hash = createHmac('sha1', salt).update('[host.example]:2222').digest('base64')
    const hashed = line(`|1|${salt.toString('base64')}|${hash}`, key)
    expect(verdict(hashed, '[host.example]:2222', key).result).toBe('accepted')
    expect(verdict(hashed, 'host.example', key).result).toBe('unknown')
  })

  it('hashed by ssh-keygen itself is read the same way', async ({ skip }) => {
    const folder = await mkdtemp(join(tmpdir(), 'windflow-known-hosts-'))
    try {
      const file = join(folder, 'known_hosts')
      await writeFile(file, `${line('[host.example]:2222', key)}\n`)
      const hashing = await runCommand('ssh-keygen', ['-H', '-f', file]).catch(() => undefined)
      if (hashing === undefined) return skip('ssh-keygen is not installed')
      const text = await readFile(file, 'utf8')
      expect(text).not.toContain('host.example')
      expect(verdict(text, '[host.example]:2222', key).result).toBe('accepted')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('tells a changed key, and where the old one is: somebody may be in between', () => {
    const file = `# comment\n\n${line('host.example', other)}\n`
    expect(verdict(file, 'host.example', key)).toMatchObject({ result: 'changed', by: { file: '/kh', line: 3 } })
  })

  it('refuses a revoked key, also when another line accepts it', () => {
    const file = `${line('host.example', key)}\n@revoked ${line('*', key)}`
    expect(verdict(file, 'host.example', key)).toMatchObject({ result: 'revoked', by: { line: 2 } })
  })

  it('does not take a certificate authority for a host key', () => {
    expect(verdict(`@cert-authority ${line('*', key)}`, 'host.example', key).result).toBe('unknown')
  })

  it('skips broken lines', () => {
    expect(parseKnownHosts('one\ntwo words\n@strange a b c\n', '/kh')).toEqual([])
  })

  it('says which kinds of keys to ask a host for', () => {
    const entries = parseKnownHosts(`${line('h', key)}\nh ssh-rsa AAAA`, '/kh')
    expect(hostKeyAlgorithms(matchingHosts(entries, ['h']))).toEqual(['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256'])
    expect(hostKeyAlgorithms([])).toBeUndefined()
  })
})

it('writes a host as OpenSSH does', () => {
  expect(knownHostName('Host.example', 22)).toBe('host.example')
  expect(knownHostName('10.0.0.1', 2222)).toBe('[10.0.0.1]:2222')
})

describe('a pinned key', () => {
  const key = hostKey()

  it('is a fingerprint, a public key line, or a line of known_hosts', () => {
    expect(matchesPinnedKey(fingerprint(key), key)).toBe(true)
    expect(matchesPinnedKey(`${keyType(key)} ${key.toString('base64')} comment`, key)).toBe(true)
    expect(matchesPinnedKey(line('host.example', key), key)).toBe(true)
  })

  it('is that one and no other', () => {
    expect(matchesPinnedKey(fingerprint(hostKey()), key)).toBe(false)
    expect(matchesPinnedKey(line('h', hostKey()), key)).toBe(false)
    expect(matchesPinnedKey('', key)).toBe(false)
  })
})
