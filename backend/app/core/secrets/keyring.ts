import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { BootError } from '../kernel/errors.ts'

interface KeyringFile {
  readonly current: string
  readonly keys: Readonly<Record<string, string>>
}

const FORMAT = 'w1'
const CIPHER = 'aes-256-gcm'

/**
 * The keys of an installation, by version. Each value is encrypted with a data key of its own (AES-256-GCM, NIST SP
 * 800-38D), and the data key with the newest key of the ring: rotating wraps data keys again and touches no value.
 * `context` says what a value is for and is authenticated: a sealed value moved elsewhere does not open.
 */
export class Keyring {
  readonly current: string
  readonly #keys: ReadonlyMap<string, Buffer>

  /** @throws BootError when the text is not a keyring. */
  constructor(text: string) {
    const { current, keys } = parse(text)
    this.current = current
    this.#keys = new Map(Object.entries(keys).map(([version, key]) => [version, Buffer.from(key, 'base64')]))
    if (!this.#keys.has(current) || [...this.#keys.values()].some((key) => key.length !== 32)) throw notAKeyring()
  }

  seal(text: string, context: string): string {
    const dataKey = randomBytes(32)
    const value = encrypt(dataKey, Buffer.from(text, 'utf8'), context)
    return [FORMAT, this.current, encrypt(this.#key(this.current), dataKey, context), value].join('.')
  }

  /** @throws when it was changed, belongs to another context, or its key is not in the ring. */
  open(sealed: string, context: string): string {
    const [format, version = '', wrapped = '', value = ''] = sealed.split('.')
    if (format !== FORMAT) throw new Error('not a sealed value')
    return decrypt(decrypt(this.#key(version), wrapped, context), value, context).toString('utf8')
  }

  /** The same value under the newest key, or `undefined` when it already is. */
  rewrap(sealed: string, context: string): string | undefined {
    const [, version = '', wrapped = '', value = ''] = sealed.split('.')
    if (version === this.current) return undefined
    const dataKey = decrypt(this.#key(version), wrapped, context)
    return [FORMAT, this.current, encrypt(this.#key(this.current), dataKey, context), value].join('.')
  }

  versions(): readonly string[] {
    return [...this.#keys.keys()]
  }

  /** A key for one purpose (HKDF, RFC 5869), so that no key of the ring is used for two things. */
  derive(version: string, purpose: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#key(version), Buffer.alloc(0), `windflow ${purpose}`, 32))
  }

  #key(version: string): Buffer {
    const key = this.#keys.get(version)
    if (key === undefined) throw new Error(`key "${version}" is not in the keyring`)
    return key
  }
}

function parse(text: string): KeyringFile {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'current' in value && 'keys' in value) {
      const { current, keys } = value
      if (typeof current === 'string' && typeof keys === 'object' && keys !== null) {
        return {
          current,
          keys: Object.fromEntries(Object.entries(keys).map(([version, key]) => [version, String(key)])),
        }
      }
    }
  } catch {
    // Falls through to the same message as any other text.
  }
  throw notAKeyring()
}

function notAKeyring(): BootError {
  return new BootError('The keyring is not usable:', [
    'expected {"current": "1", "keys": {"1": "<32 bytes, base64>"}}: restore keyring.json from a backup; without it no secret can be read',
  ])
}

function encrypt(key: Buffer, plain: Buffer, context: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

function decrypt(key: Buffer, sealed: string, context: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, 12), { authTagLength: 16 })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
}

/** Where an installation keeps its keyring when the configuration gives none. */
export function keyringFile(data: string): string {
  return join(data, 'keyring.json')
}

/** The keyring given by configuration, or the one of the data folder, made at the first start. */
export async function loadKeyring(configured: string | undefined, data: string): Promise<Keyring> {
  if (configured !== undefined) return new Keyring(configured)
  const file = keyringFile(data)
  if (!existsSync(file)) await writeKeyring(file, newKeyring())
  return new Keyring(readFileSync(file, 'utf8'))
}

/** Adds a new key and makes it the current one; older ones stay for what they sealed. */
export async function rotateKeyring(data: string): Promise<Keyring> {
  const file = keyringFile(data)
  const { keys } = parse(readFileSync(file, 'utf8'))
  const next = String(Math.max(0, ...Object.keys(keys).map(Number)) + 1)
  const text = JSON.stringify({ current: next, keys: { ...keys, [next]: randomBytes(32).toString('base64') } })
  await writeKeyring(file, text)
  return new Keyring(text)
}

export function newKeyring(): string {
  return JSON.stringify({ current: '1', keys: { '1': randomBytes(32).toString('base64') } })
}

/** Written whole or not at all: a keyring cut in half would lose every secret. */
async function writeKeyring(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${process.pid}`
  const handle = await open(unfinished, 'w', 0o600)
  try {
    await handle.writeFile(`${text}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(unfinished, file)
}
