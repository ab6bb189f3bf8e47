import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ParsedKey } from 'ssh2'
import type { SshHostConfig } from './ssh-config.ts'
import type { SshOptions } from './target.ts'

/** What to prove oneself with, in the order it is tried, and what was left out and why. */
export interface Identities {
  readonly methods: readonly (
    | { readonly type: 'publickey'; readonly username: string; readonly key: ParsedKey }
    | { readonly type: 'agent'; readonly username: string; readonly agent: string }
  )[]
  /** For the error when all fail: `~/.ssh/id_rsa needs a passphrase`. */
  readonly notes: readonly string[]
}

export type ParseKey = (text: string, passphrase?: string) => ParsedKey | ParsedKey[] | Error

/** OpenSSH's own default files, in its order. */
const DEFAULT_FILES = ['id_ed25519', 'id_ecdsa', 'id_rsa']

/**
 * Keys named on purpose come first, then the agent, then the files OpenSSH would try by itself: servers cut a client
 * off after a handful of keys.
 */
export async function findIdentities(
  username: string,
  options: SshOptions,
  config: SshHostConfig,
  environment: { readonly home: string; readonly agentSocket: string | undefined },
  parseKey: ParseKey,
): Promise<Identities> {
  const methods: Identities['methods'][number][] = []
  const notes: string[] = []
  const offer = (text: string, source: string, passphrase?: string) => {
    const parsed = parseKey(text, passphrase)
    const key = Array.isArray(parsed) ? parsed[0] : parsed
    if (key === undefined || key instanceof Error) {
      const encrypted = /passphrase|encrypted/i.test(key?.message ?? '')
      notes.push(
        encrypted ? `${source} needs a passphrase: add it to the agent (ssh-add)` : `${source} is no private key`,
      )
    } else {
      methods.push({ type: 'publickey', username, key })
    }
  }
  if (options.privateKeys !== undefined) {
    for (const [index, { key, passphrase }] of options.privateKeys.entries())
      offer(key, `private key ${index + 1}`, passphrase)
    return { methods, notes }
  }
  const named = [...(options.identityFiles ?? []), ...config.identityFiles]
  for (const file of named) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text === undefined) notes.push(`${file} cannot be read`)
    else offer(text, file)
  }
  const agent = agentSocket(options, config, environment.agentSocket)
  if (agent !== undefined && !(config.identitiesOnly && named.length > 0))
    methods.push({ type: 'agent', username, agent })
  if (named.length === 0) {
    for (const name of DEFAULT_FILES) {
      const file = join(environment.home, '.ssh', name)
      const text = await readFile(file, 'utf8').catch(() => undefined)
      if (text !== undefined) offer(text, file)
    }
  }
  if (methods.length === 0 && notes.length === 0) notes.push('there is no agent and no key in ~/.ssh')
  return { methods, notes }
}

function agentSocket(
  options: SshOptions,
  config: SshHostConfig,
  fromEnvironment: string | undefined,
): string | undefined {
  const chosen = options.agent ?? config.identityAgent ?? fromEnvironment
  if (!chosen || chosen === 'none') return undefined
  return chosen === 'SSH_AUTH_SOCK' ? fromEnvironment : chosen
}
