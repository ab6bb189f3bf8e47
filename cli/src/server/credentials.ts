import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { EngineError } from '@windflow/engine'

type Env = Readonly<Record<string, string | undefined>>

/** Where commands go and what they prove themselves with. */
export interface Login {
  readonly url: string
  readonly token: string
  /** Id of the token, to revoke it at `logout`. Absent when it came from the environment. */
  readonly tokenId?: string
}

interface CredentialsFile {
  readonly current?: string
  readonly servers: Readonly<Record<string, { readonly token: string; readonly tokenId: string }>>
}

function credentialsPath(env: Env): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'windflow', 'credentials.json')
}

function read(env: Env): CredentialsFile {
  try {
    const value: unknown = JSON.parse(readFileSync(credentialsPath(env), 'utf8'))
    // Written by `write` alone; a file of another shape counts as none.
    if (typeof value === 'object' && value !== null && 'servers' in value) return value as CredentialsFile
  } catch {
    // There is none yet.
  }
  return { servers: {} }
}

/** Readable by its owner alone from the first byte on. */
function write(env: Env, content: CredentialsFile): void {
  const path = credentialsPath(env)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  chmodSync(unfinished, 0o600)
  renameSync(unfinished, path)
}

/** The server meant: as named, by WINDFLOW_URL, the one signed in to last, or the one of this machine. */
export function serverUrl(env: Env, named: string | undefined): string {
  const url = named ?? (env.WINDFLOW_URL || undefined) ?? read(env).current ?? 'http://127.0.0.1:8080'
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new EngineError('cli/server-url', `"${url}" is not the address of a server`, {
      class: 'user',
      hint: 'write it like https://windflow.example.org',
    })
  }
  return url.replace(/\/+$/, '')
}

/**
 * What to send to the server: WINDFLOW_TOKEN (for CI), or what `login` has kept.
 * @throws EngineError when there is neither
 */
export function loginFor(env: Env, named: string | undefined): Login {
  const url = serverUrl(env, named)
  if (env.WINDFLOW_TOKEN) return { url, token: env.WINDFLOW_TOKEN }
  const known = read(env).servers[url]
  if (known !== undefined) return { url, ...known }
  throw new EngineError('cli/not-signed-in', `nobody is signed in to ${url}`, {
    class: 'user',
    hint: `run \`windflow login --server ${url}\`, or set WINDFLOW_TOKEN`,
  })
}

export function keepLogin(env: Env, login: Required<Login>): void {
  const { url, token, tokenId } = login
  write(env, { current: url, servers: { ...read(env).servers, [url]: { token, tokenId } } })
}

export function forgetLogin(env: Env, url: string): void {
  const { current, servers } = read(env)
  const { [url]: _forgotten, ...rest } = servers
  write(env, { ...(current === undefined || current === url ? {} : { current }), servers: rest })
}
