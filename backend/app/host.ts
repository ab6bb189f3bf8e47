import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type ChainVerdict, verifyAllChains } from './core/audit/verify.ts'
import { writeArchive } from './core/backup/archive.ts'
import { dumpLines } from './core/backup/dump.ts'
import { restoreBackup, verifyBackup } from './core/backup/restore.ts'
import { Database } from './core/db/database.ts'
import { runningEmbedded, startEmbedded } from './core/db/embedded/cluster.ts'
import { takeFolder } from './core/db/embedded/owner.ts'
import { PLATFORM, systemScope } from './core/db/scope.ts'
import { hashPassword } from './core/identity/password.ts'
import { identityRepository } from './core/identity/repository.ts'
import { loadConfig } from './core/kernel/config.ts'
import { DomainError } from './core/kernel/errors.ts'
import { createLogger } from './core/kernel/log.ts'
import { keyringFile } from './core/secrets/keyring.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Opens the installation's database for a moment: the configured one, that of a running server, or its files. */
async function withDatabase<T>(env: Env, work: (database: Database) => Promise<T>): Promise<T> {
  const config = loadConfig(env)
  const log = createLogger('error')
  const running = config.databaseUrl ?? (await runningEmbedded(config.data))
  if (running !== undefined) return useDatabase(running, work)
  const leave = takeFolder(config.data)
  try {
    const embedded = await startEmbedded(config.data, log)
    try {
      return await useDatabase(embedded.url, work)
    } finally {
      await embedded.stop()
    }
  } finally {
    leave()
  }
}

async function useDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = new Database(url, 2, createLogger('error'))
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

/**
 * Gives an account a new password and ends its sessions, for whoever has the host.
 * @throws DomainError when there is no such account or the password is too short
 */
export async function resetPassword(env: Env, email: string, password: string): Promise<void> {
  if (password.length < 10 || password.length > 200) {
    throw new DomainError('invalid', 'invalid-input', 'a password has 10 to 200 characters')
  }
  await withDatabase(env, async (database) => {
    const account = await identityRepository.accountByEmail(database.query, email)
    if (account === undefined) throw new DomainError('not-found', 'not-found', `there is no account ${email}`)
    const hash = await hashPassword(password)
    await database.transaction(async (unit) => {
      await identityRepository.setPassword(unit.query, account.id, hash)
      await identityRepository.revokeSessions(unit.query, account.id)
      unit.audit(systemScope(PLATFORM, 'host'), { action: 'account.password', subject: `account/${account.id}` })
    })
  })
}

/**
 * Writes everything, keys included, into one encrypted file, and reads it back to be sure. The server may run meanwhile.
 * @returns how many rows are in it
 */
export async function backup(env: Env, file: string, passphrase: string, version: string): Promise<number> {
  checkPassphrase(passphrase)
  const config = loadConfig(env)
  const keyring = config.keyring ?? (await readFile(keyringFile(config.data), 'utf8'))
  return withDatabase(env, async (database) => {
    try {
      await writeArchive(file, passphrase, dumpLines(database.pool, keyring, version))
      return (await verifyBackup(file, passphrase)).rows
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
        throw new DomainError('conflict', 'file-exists', `${file} is there already`, { hint: 'name a new file' })
      }
      await rm(file, { force: true })
      throw error
    }
  })
}

/**
 * Brings a backup into an installation nobody uses yet; no server may run on it.
 * @returns how many rows were restored
 */
export async function restore(env: Env, file: string, passphrase: string): Promise<number> {
  const config = loadConfig(env)
  const verified = await verifyBackup(file, passphrase)
  if (config.keyring !== undefined && config.keyring.trim() !== verified.keyring.trim()) {
    throw new DomainError('conflict', 'another-keyring', 'WINDFLOW_KEYRING is not the keyring of the backup', {
      hint: 'unset it (the keyring is then restored into the data folder), or give the one of the backup',
    })
  }
  await mkdir(config.data, { recursive: true, mode: 0o711 })
  if ((await runningEmbedded(config.data)) !== undefined && config.databaseUrl === undefined) {
    throw new DomainError('conflict', 'server-runs', 'the server of this data folder runs', {
      hint: 'stop it, then restore',
    })
  }
  await withDatabase(env, (database) => restoreBackup(database.pool, file, passphrase, verified))
  // After the rows: a keyring without them opens nothing, and the other way round a restore can be done again.
  if (config.keyring === undefined) await writeFile(keyringFile(config.data), verified.keyring, { mode: 0o600 })
  return verified.rows
}

function checkPassphrase(passphrase: string): void {
  if (passphrase.length < 12)
    throw new DomainError('invalid', 'weak-passphrase', 'use a passphrase of at least 12 characters')
}

/** Whether every audit chain of the installation is as it was written. */
export function verifyAudit(env: Env): Promise<readonly ChainVerdict[]> {
  return withDatabase(env, (database) => verifyAllChains(database.query))
}
