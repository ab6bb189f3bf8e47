import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { EngineError } from '@windflow/engine'
import type { ReleaseKey } from './key.ts'
import type { ReleaseContent } from './release.ts'

const MAGIC = Buffer.from('WFR1')
const IV_BYTES = 12
const TAG_BYTES = 16

/** Encrypts a release's content: AES-256-GCM (NIST SP 800-38D), bound to its project and number. */
export function seal(content: ReleaseContent, key: ReleaseKey, project: string, number: number): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key.bytes, iv).setAAD(boundTo(project, number))
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()])
  return Buffer.concat([MAGIC, iv, cipher.getAuthTag(), sealed])
}

/**
 * Decrypts it.
 * @throws EngineError `releases/damaged` when it is not what `seal` wrote for this release with this key
 */
export function unseal(sealed: Buffer, key: ReleaseKey, project: string, number: number): ReleaseContent {
  const body = MAGIC.length + IV_BYTES + TAG_BYTES
  if (sealed.length <= body || !sealed.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged(number)
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, sealed.subarray(MAGIC.length, MAGIC.length + IV_BYTES))
  decipher.setAAD(boundTo(project, number)).setAuthTag(sealed.subarray(MAGIC.length + IV_BYTES, body))
  try {
    const text = Buffer.concat([decipher.update(sealed.subarray(body)), decipher.final()]).toString('utf8')
    // The parsed edge: the tag proves that `seal` wrote it.
    return JSON.parse(text) as ReleaseContent
  } catch (error) {
    throw damaged(number, error)
  }
}

function boundTo(project: string, number: number): Buffer {
  return Buffer.from(`windflow release\0${project}\0${number}`)
}

function damaged(number: number, cause?: unknown): EngineError {
  return new EngineError('releases/damaged', `the stored content of release ${number} is damaged`, {
    class: 'user',
    hint: 'choose another release (`windflow compose releases`), or put the folder .windflow back from a backup',
    cause,
  })
}
