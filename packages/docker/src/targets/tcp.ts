import net from 'node:net'
import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import type { Dialer } from '../api/dialer.ts'
import { connectionError } from '../api/errors.ts'
import type { TlsOptions } from './target.ts'

const CONNECT_TIMEOUT_MS = 10_000

/** Connections over TCP, with TLS when options for it are given. */
export function tcpDialer(host: string, port: number, tls: TlsOptions | undefined): Dialer {
  const address = `tcp://${net.isIPv6(host) ? `[${host}]` : host}:${port}`
  return {
    address,
    dial: () => (tls === undefined ? dialPlain(host, port, address) : dialTls(host, port, tls, address)),
    close: async () => {},
  }
}

function dialPlain(host: string, port: number, address: string): Promise<Duplex> {
  const socket = net.connect({ host, port, noDelay: true })
  return established(socket, 'connect', address)
}

async function dialTls(host: string, port: number, tls: TlsOptions, address: string): Promise<Duplex> {
  const { connect } = await import('node:tls')
  const options: ConnectionOptions = {
    host,
    port,
    rejectUnauthorized: tls.skipVerify !== true,
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    // An address is no server name (RFC 6066, section 3); the certificate is still checked against it.
    ...(net.isIP(host) === 0 && { servername: host }),
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
  }
  let socket: ReturnType<typeof connect>
  try {
    socket = connect(options)
  } catch (error) {
    // Unreadable PEM text: OpenSSL says so at once.
    throw connectionError(error, address)
  }
  return established(socket, 'secureConnect', address)
}

function established(socket: net.Socket, event: 'connect' | 'secureConnect', address: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const slow = new Error(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`)
      socket.destroy(Object.assign(slow, { code: 'ETIMEDOUT' }))
    }, CONNECT_TIMEOUT_MS)
    const failed = (error: Error) => {
      clearTimeout(timer)
      reject(connectionError(error, address))
    }
    socket.once('error', failed)
    socket.once(event, () => {
      clearTimeout(timer)
      socket.off('error', failed)
      resolve(socket)
    })
  })
}
