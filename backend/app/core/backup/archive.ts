import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { DomainError } from '../kernel/errors.ts'

/**
 * An encrypted file of text lines. `WINDFLOW-BACKUP-1\n`, 16 bytes of salt, then frames: four bytes of length, and the
 * text compressed and sealed with AES-256-GCM. A frame's nonce is its number, and what is authenticated with it says
 * whether it is the last: a file that was cut off, changed or put in another order does not open. The key comes from the
 * passphrase by scrypt (RFC 7914) with N = 2^17, r = 8, p = 1.
 */
const MAGIC = Buffer.from('WINDFLOW-BACKUP-1\n')
const SALT_BYTES = 16
const FRAME_BYTES = 256 * 1024
const TAG_BYTES = 16

function deriveKey(passphrase: string, salt: Buffer): Promise<Buffer> {
  const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, 32, cost, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}

function nonceOf(number: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(number, 6, 6)
  return nonce
}

/** Writes lines into a new file, readable by its owner alone. Fails when there is one already. */
export async function writeArchive(path: string, passphrase: string, lines: AsyncIterable<string>): Promise<void> {
  const salt = randomBytes(SALT_BYTES)
  const key = await deriveKey(passphrase, salt)
  async function* text(): AsyncGenerator<string> {
    for await (const line of lines) yield `${line}\n`
  }
  await pipeline(
    Readable.from(text()),
    createGzip(),
    (source: Transform) => seal(source, key, salt),
    createWriteStream(path, { flags: 'wx', mode: 0o600 }),
  )
  const written = await open(path, 'r')
  await written.sync().finally(() => written.close())
}

async function* seal(source: AsyncIterable<Buffer>, key: Buffer, salt: Buffer): AsyncGenerator<Buffer> {
  yield Buffer.concat([MAGIC, salt])
  let number = 0
  const frame = (plain: Buffer, last: boolean): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number)).setAAD(Buffer.from([last ? 1 : 0]))
    number += 1
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    const length = Buffer.alloc(4)
    length.writeUInt32BE(sealed.length)
    return Buffer.concat([length, sealed])
  }
  let waiting = Buffer.alloc(0)
  for await (const chunk of source) {
    waiting = Buffer.concat([waiting, chunk])
    while (waiting.length > FRAME_BYTES) {
      yield frame(waiting.subarray(0, FRAME_BYTES), false)
      waiting = waiting.subarray(FRAME_BYTES)
    }
  }
  yield frame(waiting, true)
}

/**
 * The lines of a file, from its beginning, as they are opened.
 * @throws DomainError when the passphrase is wrong or the file is not whole; lines before that place were genuine.
 */
export async function* readArchive(path: string, passphrase: string): AsyncGenerator<string> {
  const gunzip = createGunzip()
  const failed = pipeline(Readable.from(unseal(path, passphrase)), gunzip).then(
    () => undefined,
    (error: unknown) => error,
  )
  let rest = ''
  try {
    for await (const chunk of gunzip.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch (error) {
    throw (await failed) instanceof DomainError ? await failed : notWhole(error)
  }
  const error = await failed
  if (error !== undefined) throw error instanceof DomainError ? error : notWhole(error)
  if (rest !== '') throw notWhole(undefined)
}

async function* unseal(path: string, passphrase: string): AsyncGenerator<Buffer> {
  let waiting = Buffer.alloc(0)
  let key: Buffer | undefined
  let number = 0
  let ended = false
  for await (const chunk of createReadStream(path)) {
    waiting = Buffer.concat([waiting, chunk as Buffer])
    if (key === undefined) {
      if (waiting.length < MAGIC.length + SALT_BYTES) continue
      if (!waiting.subarray(0, MAGIC.length).equals(MAGIC)) throw notWhole(undefined)
      key = await deriveKey(passphrase, waiting.subarray(MAGIC.length, MAGIC.length + SALT_BYTES))
      waiting = waiting.subarray(MAGIC.length + SALT_BYTES)
    }
    while (waiting.length >= 4) {
      const length = waiting.readUInt32BE()
      if (length < TAG_BYTES || length > FRAME_BYTES + TAG_BYTES || ended) throw notWhole(undefined)
      if (waiting.length < 4 + length) break
      const sealed = waiting.subarray(4, 4 + length)
      waiting = waiting.subarray(4 + length)
      const plain = openFrame(sealed, key, number)
      if (plain === undefined) throw number === 0 ? wrongPassphrase() : notWhole(undefined)
      number += 1
      ended = plain.last
      yield plain.bytes
    }
  }
  if (!ended || waiting.length > 0) throw notWhole(undefined)
}

function openFrame(
  sealed: Buffer,
  key: Buffer,
  number: number,
): { readonly bytes: Buffer; readonly last: boolean } | undefined {
  for (const last of [false, true]) {
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from([last ? 1 : 0]))
        .setAuthTag(sealed.subarray(-TAG_BYTES))
      return { bytes: Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]), last }
    } catch {
      // The other of the two, or neither.
    }
  }
  return undefined
}

function wrongPassphrase(): DomainError {
  return new DomainError(
    'invalid',
    'backup-not-opened',
    'the passphrase is not that of this backup, or its beginning was changed',
  )
}

export function notWhole(cause: unknown): DomainError {
  return new DomainError('invalid', 'backup-not-whole', 'the file is no backup, or was cut off or changed', {
    cause,
    hint: 'use another copy',
  })
}
