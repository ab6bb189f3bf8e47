import { resolve } from 'node:path'
import { EngineError } from '@windflow/engine'
import type { CommandContext } from '../context.ts'
import { ask } from './password.ts'
import { loadBackend } from './serve.ts'
import { columns } from './session.ts'

/** Commands for whoever has the server's host: they go to the database itself, also beside a running server. */

type Backend = Awaited<ReturnType<typeof loadBackend>>

async function atHost<T>(context: CommandContext, work: (backend: Backend) => Promise<T>): Promise<T> {
  const backend = await loadBackend(context.env)
  try {
    return await work(backend)
  } catch (error) {
    if (error instanceof backend.BootError || error instanceof backend.DomainError) {
      throw new EngineError('host/refused', error.message, {
        class: 'user',
        ...('hint' in error && error.hint !== undefined ? { hint: error.hint } : {}),
      })
    }
    throw error
  }
}

export async function resetPassword(context: CommandContext, email: string): Promise<number> {
  const password = await ask(context, `New password of ${email}`, true)
  await atHost(context, (backend) => backend.resetPassword(context.env, email, password))
  context.streams.out(`${email} has a new password; every session has ended\n`)
  return 0
}

/** WINDFLOW_BACKUP_PASSPHRASE, for schedules; asked for, or read from standard input, otherwise. */
function passphrase(context: CommandContext): Promise<string> {
  const given = context.env.WINDFLOW_BACKUP_PASSPHRASE
  return given ? Promise.resolve(given) : ask(context, 'Passphrase of the backup', true)
}

export async function backup(context: CommandContext, file: string): Promise<number> {
  const words = await passphrase(context)
  const path = resolve(context.cwd, file)
  const rows = await atHost(context, (backend) => backend.backup(context.env, path, words, context.version))
  context.streams.out(`${path}: ${rows} rows, read back and whole; without the passphrase it cannot be opened\n`)
  return 0
}

export async function restore(context: CommandContext, file: string): Promise<number> {
  const words = await passphrase(context)
  const rows = await atHost(context, (backend) => backend.restore(context.env, resolve(context.cwd, file), words))
  context.streams.out(`restored ${rows} rows; start the server with \`windflow serve\`\n`)
  return 0
}

export async function verifyAudit(context: CommandContext, json: boolean): Promise<number> {
  const verdicts = await atHost(context, (backend) => backend.verifyAudit(context.env))
  const broken = verdicts.filter((verdict) => verdict.broken !== undefined)
  if (json) context.streams.out(`${JSON.stringify({ chains: verdicts })}\n`)
  else {
    const rows = verdicts.map(({ organization, entries, broken }) => [
      organization,
      String(entries),
      broken === undefined ? 'as written' : `entry ${broken.number} ${broken.reason}`,
    ])
    context.streams.out(columns(['CHAIN', 'ENTRIES', 'VERDICT'], rows))
  }
  return broken.length === 0 ? 0 : 1
}
