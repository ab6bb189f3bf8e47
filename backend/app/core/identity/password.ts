import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2)

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const BYTES = 32

/** A hash in the PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive('argon2id', parameters(password, salt, MEMORY_KIB, PASSES, LANES))
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(salt)}$${unpadded(hash)}`
}

/** Compares in constant time. Without a hash (no such account) it takes as long as with one, and is false. */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(stored ?? (await nobody()))
  if (match === null) return false
  const [, memory = '', passes = '', lanes = '', salt = '', hash = ''] = match
  const expected = Buffer.from(hash, 'base64')
  const given = await derive(
    'argon2id',
    parameters(password, Buffer.from(salt, 'base64'), Number(memory), Number(passes), Number(lanes)),
  )
  return expected.length === given.length && timingSafeEqual(expected, given) && stored !== undefined
}

function parameters(password: string, nonce: Buffer, memory: number, passes: number, parallelism: number) {
  // Unicode has several spellings of one character; keyboards differ in which they send (RFC 8265, section 4.2).
  return { message: password.normalize('NFC'), nonce, memory, passes, parallelism, tagLength: BYTES }
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}

let hashOfNobody: Promise<string> | undefined
function nobody(): Promise<string> {
  hashOfNobody ??= hashPassword(randomBytes(16).toString('hex'))
  return hashOfNobody
}
