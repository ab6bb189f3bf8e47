import { readFile } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { EngineError } from '@windflow/engine'
import ssh2, { type AnyAuthMethod, type Client, type ServerHostKeyAlgorithm } from 'ssh2'
import {
  fingerprint,
  hostKeyAlgorithms,
  type KnownHost,
  keyType,
  knownHostName,
  matchesPinnedKey,
  matchingHosts,
  parseKnownHosts,
  verifyHostKey,
} from './known-hosts.ts'
import { readSshConfig, type SshHostConfig } from './ssh-config.ts'
import { findIdentities, type Identities } from './ssh-identities.ts'
import type { SshOptions } from './target.ts'

export interface SshHost {
  /** As written in the address: a name, an address, or an alias of `~/.ssh/config`. */
  readonly host: string
  readonly port?: number
  readonly user?: string
}

const READY_TIMEOUT_MS = 20_000
const KEEP_ALIVE_MS = 15_000
const MISSED_KEEP_ALIVES = 3
const MAX_JUMPS = 4

/**
 * Opens an authenticated SSH connection. The host's key is always verified; there is no way to skip that.
 * @throws EngineError `host-key-unknown`, `host-key-changed`, `host-key-revoked`, `ssh-refused` (no key was good enough),
 * `ssh-unreachable`, `ssh-unsupported`
 */
export async function openSession(to: SshHost, options: SshOptions, signal: AbortSignal, jumps = 0): Promise<Client> {
  const home = process.env.HOME || homedir()
  const configFiles = options.configFiles ?? [join(home, '.ssh', 'config'), '/etc/ssh/ssh_config']
  const config = await readSshConfig(configFiles, to.host, home)
  const host = config.hostName ?? to.host
  const port = to.port ?? config.port ?? 22
  const username = to.user ?? config.user ?? userInfo().username
  const where = `ssh://${username}@${host}:${port}`
  if (config.proxyCommand !== undefined) {
    throw new EngineError(
      'ssh-unsupported',
      `the SSH configuration of ${to.host} has a ProxyCommand, which is not run`,
      {
        class: 'user',
        hint: 'use ProxyJump, which is supported',
      },
    )
  }
  const key = await hostKeyCheck(host, port, options, config, home)
  const agentSocket = process.env.SSH_AUTH_SOCK
  const identities = await findIdentities(username, options, config, { home, agentSocket }, ssh2.utils.parseKey)
  const through =
    config.proxyJump === undefined ? undefined : await jump(config.proxyJump, host, port, options, signal, jumps)
  const client = new ssh2.Client()
  if (through !== undefined) client.once('close', () => through.session.end())
  try {
    await ready(client, {
      config: {
        host,
        port,
        username,
        ...(through && { sock: through.stream }),
        readyTimeout: READY_TIMEOUT_MS,
        keepaliveInterval: KEEP_ALIVE_MS,
        keepaliveCountMax: MISSED_KEEP_ALIVES,
        authHandler: identities.methods as AnyAuthMethod[],
        hostVerifier: (offered: Buffer) => key.accept(offered),
        ...(key.algorithms && { algorithms: { serverHostKey: key.algorithms as ServerHostKeyAlgorithm[] } }),
      },
      signal,
      problem: (error) => key.problem() ?? sshError(error, where, identities),
    })
    return client
  } catch (error) {
    client.end()
    through?.session.end()
    throw error
  }
}

interface HostKeyCheck {
  readonly algorithms: readonly string[] | undefined
  accept(key: Buffer): boolean
  /** Why the last key was not accepted. */
  problem(): EngineError | undefined
}

async function hostKeyCheck(
  host: string,
  port: number,
  options: SshOptions,
  config: SshHostConfig,
  home: string,
): Promise<HostKeyCheck> {
  // An alias stands for the host at any port.
  const name = config.hostKeyAlias ?? knownHostName(host, port)
  let problem: EngineError | undefined
  if (options.hostKey !== undefined) {
    const { hostKey } = options
    return {
      algorithms: undefined,
      accept(key) {
        if (matchesPinnedKey(hostKey, key)) return true
        problem = new EngineError(
          'host-key-changed',
          `${name} presented host key ${fingerprint(key)} (${keyType(key)}), which is not the one set for this target`,
          {
            class: 'target',
            hint: 'somebody may be in between; if the host was set up anew, set its new key on the target',
          },
        )
        return false
      },
      problem: () => problem,
    }
  }
  const own = options.knownHostsFiles ?? config.knownHostsFiles ?? [join(home, '.ssh', 'known_hosts')]
  const files = options.knownHostsFiles ? own : [...own, '/etc/ssh/ssh_known_hosts']
  const entries: KnownHost[] = []
  for (const file of files) entries.push(...parseKnownHosts(await readFile(file, 'utf8').catch(() => ''), file))
  const matching = matchingHosts(entries, [name])
  return {
    algorithms: hostKeyAlgorithms(matching),
    accept(key) {
      const verdict = verifyHostKey(matching, key)
      problem = verdictProblem(verdict, key, name, host, port, own[0] ?? 'known_hosts')
      return verdict.result === 'accepted'
    },
    problem: () => problem,
  }
}

function verdictProblem(
  verdict: ReturnType<typeof verifyHostKey>,
  key: Buffer,
  name: string,
  host: string,
  port: number,
  file: string,
): EngineError | undefined {
  const shown = `${fingerprint(key)} (${keyType(key)})`
  switch (verdict.result) {
    case 'accepted':
      return undefined
    case 'unknown':
      return new EngineError('host-key-unknown', `${name} presented host key ${shown}, which ${file} does not know`, {
        class: 'target',
        hint: `compare the fingerprint with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then: ssh-keyscan -p ${port} ${host} >> ${file}`,
      })
    case 'changed':
      return new EngineError(
        'host-key-changed',
        `${name} presented host key ${shown}, but ${verdict.by.file}:${verdict.by.line} has another one for it`,
        {
          class: 'target',
          hint: `somebody may be in between; if the host was set up anew: ssh-keygen -R '${name}' -f ${verdict.by.file}, and add its new key`,
        },
      )
    case 'revoked':
      return new EngineError(
        'host-key-revoked',
        `${name} presented host key ${shown}, which ${verdict.by.file}:${verdict.by.line} revokes`,
        { class: 'target', hint: 'give the host a new key; a revoked one may be in other hands' },
      )
  }
}

async function jump(
  hops: string,
  host: string,
  port: number,
  options: SshOptions,
  signal: AbortSignal,
  jumps: number,
): Promise<{ readonly session: Client; readonly stream: Duplex }> {
  if (jumps >= MAX_JUMPS || hops.includes(',')) {
    throw new EngineError('ssh-unsupported', `ProxyJump ${hops} has more hops than are followed`, {
      class: 'user',
      hint: 'name one hop; give that hop a ProxyJump of its own for the next one',
    })
  }
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(hops)
  const [, user, name = hops, hopPort] = match ?? []
  const session = await openSession(
    {
      host: name.replace(/^\[|\]$/g, ''),
      ...(user !== undefined && { user }),
      ...(hopPort !== undefined && { port: Number(hopPort) }),
    },
    // A pinned key is the target's own.
    { ...options, ...(options.hostKey !== undefined && { hostKey: undefined }) } as SshOptions,
    signal,
    jumps + 1,
  )
  try {
    const stream = await new Promise<Duplex>((resolve, reject) => {
      session.forwardOut('127.0.0.1', 0, host, port, (error, channel) => (error ? reject(error) : resolve(channel)))
    })
    return { session, stream }
  } catch (error) {
    session.end()
    throw new EngineError('ssh-unreachable', `${name} cannot connect on to ${host}:${port}: ${messageOf(error)}`, {
      class: 'target',
      hint: 'the hop must allow TCP forwarding and reach the host',
      cause: error,
    })
  }
}

function ready(
  client: Client,
  how: {
    readonly signal: AbortSignal
    readonly config: Parameters<Client['connect']>[0]
    readonly problem: (error: unknown) => EngineError
  },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown) => reject(how.signal.aborted ? how.signal.reason : how.problem(error))
    if (how.signal.aborted) {
      reject(how.signal.reason)
      return
    }
    const abort = () => client.destroy()
    how.signal.addEventListener('abort', abort, { once: true })
    // Stays: the library may report more than one error, also after this is settled, and one that nobody listens to
    // would end the process. Channels get their own.
    client.on('error', failed)
    client.once('close', () => failed(new Error('the connection was closed')))
    client.once('ready', () => {
      how.signal.removeEventListener('abort', abort)
      resolve()
    })
    try {
      client.connect(how.config)
    } catch (error) {
      failed(error)
    }
  })
}

function sshError(error: unknown, where: string, identities: Identities): EngineError {
  const level = error instanceof Error && 'level' in error ? error.level : undefined
  if (level === 'client-authentication' || /authentication methods failed/i.test(messageOf(error))) {
    const notes = identities.notes.length === 0 ? '' : ` (${identities.notes.join('; ')})`
    return new EngineError('ssh-refused', `${where} accepts none of the keys offered${notes}`, {
      class: 'target',
      hint: "add the public key to that user's ~/.ssh/authorized_keys on the host, or name another one with IdentityFile",
    })
  }
  return new EngineError('ssh-unreachable', `${where} cannot be reached: ${messageOf(error)}`, {
    class: 'target',
    hint: 'check host, port, network and firewall; ssh -v to the same address shows more',
    cause: error,
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
