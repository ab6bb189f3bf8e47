import { type ChainVerdict, verifyAllChains } from './core/audit/verify.ts'
import { Database } from './core/db/database.ts'
import { runningEmbedded, startEmbedded } from './core/db/embedded/cluster.ts'
import { takeFolder } from './core/db/embedded/owner.ts'
import { PLATFORM, systemScope } from './core/db/scope.ts'
import { hashPassword } from './core/identity/password.ts'
import { identityRepository } from './core/identity/repository.ts'
import { loadConfig } from './core/kernel/config.ts'
import { DomainError } from './core/kernel/errors.ts'
import { createLogger } from './core/kernel/log.ts'

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

/** Whether every audit chain of the installation is as it was written. */
export function verifyAudit(env: Env): Promise<readonly ChainVerdict[]> {
  return withDatabase(env, (database) => verifyAllChains(database.query))
}
