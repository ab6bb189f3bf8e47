import { createHash, createHmac } from 'node:crypto'

/** One usable line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  readonly marker: 'revoked' | 'cert-authority' | undefined
  /** First column as written: patterns, or a hashed name. */
  readonly hosts: string
  readonly keyType: string
  readonly key: Buffer
  readonly file: string
  /** From 1. */
  readonly line: number
}

export type HostKeyVerdict =
  | { readonly result: 'accepted' }
  | { readonly result: 'revoked'; readonly by: KnownHost }
  | { readonly result: 'changed'; readonly by: KnownHost }
  | { readonly result: 'unknown' }

/** Lines that are empty, comments or broken are skipped, as OpenSSH does.
 * @param file for messages */
export function parseKnownHosts(text: string, file: string): readonly KnownHost[] {
  const entries: KnownHost[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const columns = raw.trim().split(/\s+/)
    const marked = columns[0]?.startsWith('@') === true
    const [hosts, keyType, key] = marked ? columns.slice(1) : columns
    const marker = marked ? columns[0]?.slice(1) : undefined
    if (hosts === undefined || keyType === undefined || key === undefined || hosts.startsWith('#')) continue
    if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') continue
    entries.push({ marker, hosts, keyType, key: Buffer.from(key, 'base64'), file, line: index + 1 })
  }
  return entries
}

/** The name a host has in known_hosts: `host`, or `[host]:port` where the port is not 22. */
export function knownHostName(host: string, port: number): string {
  const lower = host.toLowerCase()
  return port === 22 ? lower : `[${lower}]:${port}`
}

/** @param names what the host may be called there: its name, and its address when that is known */
export function matchingHosts(entries: readonly KnownHost[], names: readonly string[]): readonly KnownHost[] {
  return entries.filter((entry) => names.some((name) => matches(entry.hosts, name)))
}

/**
 * Whether a host may be trusted to hold `key`.
 * @param matching the lines for this host; others do not count
 */
export function verifyHostKey(matching: readonly KnownHost[], key: Buffer): HostKeyVerdict {
  const same = (entry: KnownHost) => entry.key.equals(key)
  const revoked = matching.find((entry) => entry.marker === 'revoked' && same(entry))
  if (revoked) return { result: 'revoked', by: revoked }
  const plain = matching.filter((entry) => entry.marker === undefined)
  if (plain.some(same)) return { result: 'accepted' }
  const other = plain.find((entry) => entry.keyType === keyType(key)) ?? plain[0]
  return other === undefined ? { result: 'unknown' } : { result: 'changed', by: other }
}

/** Signature algorithms to offer so that the server answers with a key of a type that is known of it.
 * @returns undefined when none is known: offer all, to be able to say what it has */
export function hostKeyAlgorithms(matching: readonly KnownHost[]): readonly string[] | undefined {
  const types = new Set(matching.filter((entry) => entry.marker === undefined).map((entry) => entry.keyType))
  if (types.size === 0) return undefined
  return [...types].flatMap((type) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]))
}

/** Whether `key` is the pinned one: `SHA256:...` or a public key line. */
export function matchesPinnedKey(pinned: string, key: Buffer): boolean {
  const text = pinned.trim()
  if (text.startsWith('SHA256:')) return text.replace(/=+$/, '') === fingerprint(key)
  return text.split(/\s+/).some((column) => column.length > 40 && Buffer.from(column, 'base64').equals(key))
}

/** As `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** The type is the first string inside the key (RFC 4253, section 6.6). */
export function keyType(key: Buffer): string {
  if (key.length < 4) return ''
  return key.toString('latin1', 4, 4 + Math.min(key.readUInt32BE(0), key.length - 4))
}

function matches(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = hosts.split('|')
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
  }
  let found = false
  for (const pattern of hosts.toLowerCase().split(',')) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(pattern.slice(1), name)) return false
    } else if (matchesPattern(pattern, name)) found = true
  }
  return found
}

/** OpenSSH's patterns (ssh_config(5), PATTERNS): `*` and `?`; everything else, brackets too, is meant as it is. */
export function matchesPattern(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${expression}$`).test(name)
}
