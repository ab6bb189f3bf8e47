import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { EngineError } from '@windflow/engine'

const KEY_BYTES = 32

/** The user's key for the values of releases. */
export interface ReleaseKey {
  readonly bytes: Buffer
  /** Tells keys apart without giving anything of them away. */
  readonly id: string
}

/** `$XDG_CONFIG_HOME/windflow/key`, or below `~/.config`: outside of every project. */
export function keyPath(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'windflow', 'key')
}

/**
 * Reads the key.
 * @throws EngineError `releases/key-missing` or `releases/key-damaged`
 */
export function readKey(path: string): ReleaseKey {
  const key = loadKey(path)
  if (key) return key
  throw new EngineError('releases/key-missing', `the key that releases are encrypted with is not there: ${path}`, {
    class: 'user',
    hint: 'put the key back from a backup; the releases themselves are untouched. `windflow compose up` makes a new key, for new releases only',
  })
}

/** Reads the key, or makes it when there is none. Several processes may do so at once: all get the same one. */
export function readOrMakeKey(path: string): ReleaseKey {
  const found = loadKey(path)
  if (found) return found
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}.${Date.now().toString(36)}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  try {
    // A link, not a rename: the first one there stays.
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readKey(path)
}

function loadKey(path: string): ReleaseKey | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new EngineError('releases/key-unreadable', `the key of releases cannot be read: ${path}`, {
      class: 'user',
      hint: 'make it readable for you alone: mode 0600, you as owner',
      cause: error,
    })
  }
  const bytes = Buffer.from(text.trim(), 'base64')
  if (bytes.length !== KEY_BYTES || bytes.toString('base64') !== text.trim()) {
    throw new EngineError('releases/key-damaged', `the key of releases is damaged: ${path}`, {
      class: 'user',
      hint: 'put it back from a backup, or move it away: a new one is then made for new releases, and older ones stay unreadable',
    })
  }
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  return { bytes, id: createHash('sha256').update('windflow key id\0').update(bytes).digest('hex').slice(0, 16) }
}
