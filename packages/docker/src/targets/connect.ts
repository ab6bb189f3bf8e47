import { EngineError } from '@windflow/engine'
import { EngineClient } from '../api/client.ts'
import type { Dialer } from '../api/dialer.ts'
import type { TargetAddress } from './target.ts'
import { unixDialer } from './unix.ts'

/** A client for the engine at an address. Nothing is connected yet: that happens with the first request.
 * @throws EngineError `target-address-invalid`, `target-unsupported`, class user */
export async function connect(target: TargetAddress): Promise<EngineClient> {
  return new EngineClient(await openDialer(target), { apiVersion: target.apiVersion })
}

/** Libraries of a kind of target are loaded only when it is used. */
export async function openDialer(target: TargetAddress): Promise<Dialer> {
  const { url } = target
  if (url.startsWith('unix://')) {
    const path = url.slice('unix://'.length)
    if (!path.startsWith('/')) throw invalid(url, 'write unix:///absolute/path/of/docker.sock')
    return unixDialer(path)
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const host = parsed?.hostname.replace(/^\[|\]$/g, '')
  switch (parsed?.protocol) {
    case 'tcp:':
    case 'http:':
    case 'https:': {
      if (!host) throw invalid(url, 'write tcp://host:port')
      const tls = target.tls ?? (parsed.protocol === 'https:' ? {} : undefined)
      const { tcpDialer } = await import('./tcp.ts')
      return tcpDialer(
        host,
        parsed.port === '' ? defaultPort(parsed.protocol, tls !== undefined) : Number(parsed.port),
        tls,
      )
    }
    case 'ssh:': {
      if (!host || parsed.password !== '' || parsed.search !== '')
        throw invalid(url, 'write ssh://user@host[:port][/path/of/docker.sock], without a password')
      const { sshDialer } = await import('./ssh.ts')
      return sshDialer(
        {
          host,
          ...(parsed.port !== '' && { port: Number(parsed.port) }),
          ...(parsed.username !== '' && { user: decodeURIComponent(parsed.username) }),
          ...(parsed.pathname.length > 1 && { socketPath: decodeURIComponent(parsed.pathname) }),
        },
        target.ssh ?? {},
      )
    }
    case 'npipe:':
    case 'fd:':
      throw new EngineError('target-unsupported', `engines at ${parsed.protocol}// addresses are not supported`, {
        class: 'user',
        hint: 'named pipes exist on Windows only, inherited descriptors only inside the engine: use unix://, tcp:// or ssh://',
      })
    default:
      throw invalid(url, 'write unix:///path, tcp://host:port or ssh://user@host')
  }
}

function defaultPort(protocol: string, tls: boolean): number {
  if (protocol === 'http:') return 80
  if (protocol === 'https:') return 443
  return tls ? 2376 : 2375
}

function invalid(url: string, hint: string): EngineError {
  const shown = url.replace(/:\/\/[^/@]*@/, '://...@')
  return new EngineError('target-address-invalid', `"${shown}" is not an address of an engine`, { class: 'user', hint })
}
