import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { matchesPattern } from './known-hosts.ts'

/** What the user's SSH configuration says of one host, of the options that are used here. */
export interface SshHostConfig {
  readonly hostName?: string
  readonly user?: string
  readonly port?: number
  readonly identityFiles: readonly string[]
  readonly identitiesOnly: boolean
  readonly identityAgent?: string
  readonly knownHostsFiles?: readonly string[]
  readonly hostKeyAlias?: string
  readonly proxyJump?: string
  readonly proxyCommand?: string
}

const MAX_INCLUDE_DEPTH = 8

type Settings = Map<string, string[]>

/**
 * Reads OpenSSH client configuration (ssh_config(5)) for one host: `Host` blocks, `Match all`, `Include` of plain paths;
 * the first value of an option counts, `IdentityFile` adds up. `Match` with other conditions is skipped, as its conditions
 * may run commands.
 * @param host as written in the address
 * @param home the user's home folder, for `~` and `%d`
 */
export async function readSshConfig(files: readonly string[], host: string, home: string): Promise<SshHostConfig> {
  const settings: Settings = new Map()
  for (const file of files) await readInto(settings, file, host, home, 0)
  const first = (name: string) => settings.get(name)?.[0]
  const paths = (values: readonly string[] | undefined) =>
    values?.map((path) => expand(path, host, home)).filter((path) => path !== 'none')
  const hostName = first('hostname')
  const user = first('user')
  const port = first('port')
  const identityAgent = first('identityagent')
  const knownHostsFiles = paths(words(first('userknownhostsfile')))
  const hostKeyAlias = first('hostkeyalias')
  const proxyJump = first('proxyjump')
  const proxyCommand = first('proxycommand')
  return {
    identityFiles: paths(settings.get('identityfile')) ?? [],
    identitiesOnly: first('identitiesonly')?.toLowerCase() === 'yes',
    ...(hostName !== undefined && { hostName: hostName.replaceAll('%h', host) }),
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port: Number(port) }),
    ...(identityAgent !== undefined && { identityAgent: expand(identityAgent, host, home) }),
    ...(knownHostsFiles !== undefined && { knownHostsFiles }),
    ...(hostKeyAlias !== undefined && { hostKeyAlias }),
    ...(proxyJump !== undefined && proxyJump !== 'none' && { proxyJump }),
    ...(proxyCommand !== undefined && proxyCommand !== 'none' && { proxyCommand }),
  }
}

async function readInto(settings: Settings, file: string, host: string, home: string, depth: number): Promise<void> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    return
  }
  let applies = true
  for (const line of text.split('\n')) {
    const match = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line)
    if (match === null) continue
    const [, name = '', value = ''] = match
    const key = name.toLowerCase()
    if (key === 'host') applies = matchesHost(words(value) ?? [], host)
    else if (key === 'match') applies = value.toLowerCase() === 'all'
    else if (applies && key === 'include' && depth < MAX_INCLUDE_DEPTH) {
      for (const path of words(value) ?? []) {
        const full = expand(path, host, home)
        await readInto(settings, full.startsWith('/') ? full : join(home, '.ssh', full), host, home, depth + 1)
      }
    } else if (applies) {
      const known = settings.get(key)
      if (known === undefined) settings.set(key, [unquote(value)])
      else known.push(unquote(value))
    }
  }
}

function matchesHost(patterns: readonly string[], host: string): boolean {
  const negated = patterns.filter((pattern) => pattern.startsWith('!'))
  if (negated.some((pattern) => matchesPattern(pattern.slice(1), host))) return false
  return patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(pattern, host))
}

function words(value: string | undefined): readonly string[] | undefined {
  return value?.match(/"[^"]*"|\S+/g)?.map(unquote)
}

function unquote(value: string): string {
  return value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
}

function expand(path: string, host: string, home: string): string {
  return path
    .replace(/^~(?=\/|$)/, home)
    .replaceAll('%d', home)
    .replaceAll('%h', host)
    .replaceAll('%%', '%')
}
