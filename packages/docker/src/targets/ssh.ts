import type { Duplex } from 'node:stream'
import { EngineError } from '@windflow/engine'
import type { Client, ClientChannel } from 'ssh2'
import type { Dialer } from '../api/dialer.ts'
import { ChannelSocket } from './channel-socket.ts'
import { openSession, type SshHost } from './ssh-session.ts'
import type { SshOptions } from './target.ts'

export interface SshTarget extends SshHost {
  /** Socket of the engine on the host; absent: the usual one, or what the host's docker CLI says. */
  readonly socketPath?: string
}

const DEFAULT_SOCKET = '/var/run/docker.sock'
/** Below sshd's default MaxSessions of 10, which counts commands but not forwarded sockets. */
const COMMANDS_PER_SESSION = 8
const MAX_STDERR_CHARS = 2000

interface Session {
  readonly client: Client
  channels: number
}

/**
 * Connections to an engine through SSH, many over one SSH connection, which is opened when first needed and again after
 * it broke. The engine's socket is forwarded; where the server does not allow that, or the socket is elsewhere,
 * `docker system dial-stdio` runs on the host, as the docker CLI does it.
 */
export function sshDialer(target: SshTarget, options: SshOptions): Dialer {
  const address = `ssh://${target.user === undefined ? '' : `${target.user}@`}${target.host}${target.port === undefined ? '' : `:${target.port}`}${target.socketPath ?? ''}`
  if (target.socketPath !== undefined && !/^[\w./@:-]+$/.test(target.socketPath)) {
    throw new EngineError('target-address-invalid', `"${target.socketPath}" is not a usable path of a socket`, {
      class: 'user',
      hint: 'letters, digits and ./@:_- only',
    })
  }
  const pool = new SessionPool(target, options)
  let byCommand: boolean | undefined
  let firstDial: Promise<unknown> | undefined

  const dial = async (): Promise<Duplex> => {
    if (byCommand === undefined && firstDial !== undefined) await firstDial.catch(() => {})
    if (byCommand === undefined) {
      const first = forward()
      firstDial = first
      return first
    }
    return byCommand ? command() : forward()
  }
  const forward = async (): Promise<Duplex> => {
    const session = await pool.any()
    try {
      const channel = await forwardSocket(session.client, target.socketPath ?? DEFAULT_SOCKET)
      byCommand = false
      return new ChannelSocket(channel)
    } catch (error) {
      if (error instanceof EngineError) throw error
      if (byCommand === false) throw commandError(address, `its socket cannot be reached (${messageOf(error)})`)
      byCommand = true
      return command()
    }
  }
  const command = async (): Promise<Duplex> => {
    const session = await pool.withRoom(COMMANDS_PER_SESSION)
    return dialStdio(session, target, address, () => {
      // Neither way led to an engine this time; it may be away for a moment only.
      byCommand = undefined
      firstDial = undefined
    })
  }
  return { address, dial, close: () => pool.close() }
}

class SessionPool {
  readonly #target: SshTarget
  readonly #options: SshOptions
  readonly #sessions = new Set<Session>()
  #opening: Promise<Session> | undefined
  readonly #closed = new AbortController()

  constructor(target: SshTarget, options: SshOptions) {
    this.#target = target
    this.#options = options
  }

  async any(): Promise<Session> {
    const [first] = this.#sessions
    return first ?? this.#open()
  }

  /** A session with fewer than `limit` channels; the one returned has its channel counted already. */
  async withRoom(limit: number): Promise<Session> {
    while (true) {
      for (const session of this.#sessions) {
        if (session.channels < limit) {
          session.channels++
          return session
        }
      }
      await this.#open()
    }
  }

  async close(): Promise<void> {
    this.#closed.abort(
      new EngineError('client-closed', 'the connection to this target was closed', { class: 'transient' }),
    )
    for (const { client } of this.#sessions) client.end()
  }

  #open(): Promise<Session> {
    const signal = this.#closed.signal
    if (signal.aborted) return Promise.reject(signal.reason)
    this.#opening ??= openSession(this.#target, this.#options, signal)
      .then((client) => {
        const session: Session = { client, channels: 0 }
        this.#sessions.add(session)
        client.once('close', () => this.#sessions.delete(session))
        return session
      })
      .finally(() => {
        this.#opening = undefined
      })
    return this.#opening
  }
}

function forwardSocket(client: Client, path: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.openssh_forwardOutStreamLocal(path, (error, channel) => (error ? reject(error) : resolve(channel)))
  })
}

/** The remote end of an SSH command is always a shell; the text is constant but for a path of harmless characters. */
function dialStdio(session: Session, target: SshTarget, address: string, failed: () => void): Promise<Duplex> {
  const host = target.socketPath === undefined ? '' : ` --host unix://${target.socketPath}`
  return new Promise((resolve, reject) => {
    session.client.exec(`docker${host} system dial-stdio`, (error, channel) => {
      if (error) {
        session.channels--
        reject(commandError(address, error.message))
        return
      }
      let said = ''
      channel.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (said.length < MAX_STDERR_CHARS) said += text
      })
      let exit: number | null | undefined
      channel.once('exit', (code: number | null) => {
        exit = code
      })
      channel.once('close', () => {
        session.channels--
      })
      // 0 and no exit at all (the connection broke) are ends like those of a socket.
      const failure = () => {
        if (exit === undefined || exit === 0) return undefined
        failed()
        return commandError(address, said.trim() || `docker system dial-stdio ended with code ${exit}`)
      }
      resolve(new ChannelSocket(channel, failure))
    })
  })
}

function commandError(address: string, reason: string): EngineError {
  return new EngineError('engine-unreachable', `no engine answers on ${address}: ${reason}`, {
    class: 'target',
    hint: 'on the host, start the engine and let the SSH user use it (docker group); the docker CLI must be there, or its socket be forwarded (AllowStreamLocalForwarding)',
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
