import type { GateSpec, HttpProbe } from '@windflow/engine'
import type { ContainerInspect } from '../api/types.ts'
import type { Workbench } from './environment.ts'

const PROBE_TIMEOUT_MS = 2000

type Outcome = { readonly ok: boolean; readonly message: string }

/**
 * Asks the container as a client would: at its own address where the engine runs on this machine (or its host network),
 * else at the port it publishes on the engine's host. Nothing runs inside the container for it.
 */
export async function probe(
  bench: Workbench,
  inspect: ContainerInspect,
  spec: GateSpec,
  signal: AbortSignal,
): Promise<Outcome> {
  const port = spec.http?.port ?? spec.tcp?.port
  if (port === undefined) return { ok: true, message: 'no probe' }
  const address = addressOf(bench, inspect, port)
  if (!address) {
    return {
      ok: false,
      message: `port ${port} cannot be reached from here: the engine is on another machine and the port is not published`,
    }
  }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)])
  try {
    return spec.http ? await askHttp(spec.http, address, limit) : await askTcp(address, limit)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const reason = limit.aborted ? `no answer within ${PROBE_TIMEOUT_MS / 1000} s` : messageOf(error)
    return { ok: false, message: `port ${port} of the container: ${reason}` }
  }
}

interface Address {
  readonly host: string
  readonly port: number
}

function addressOf(bench: Workbench, inspect: ContainerInspect, port: number): Address | undefined {
  if (inspect.HostConfig.NetworkMode === 'host') return { host: bench.local ? '127.0.0.1' : hostOf(bench), port }
  if (bench.local) {
    const endpoints = Object.values(inspect.NetworkSettings.Networks ?? {})
    const host = endpoints.map(({ IPAddress, GlobalIPv6Address }) => IPAddress || GlobalIPv6Address).find(Boolean)
    if (host) return { host, port }
  }
  const published = inspect.NetworkSettings.Ports?.[`${port}/tcp`]?.[0]
  if (!published) return undefined
  const bound = published.HostIp
  const anywhere = bound === '' || bound === '0.0.0.0' || bound === '::'
  return { host: bench.local ? (anywhere ? '127.0.0.1' : bound) : hostOf(bench), port: Number(published.HostPort) }
}

/** The machine the engine runs on, as its address names it. */
function hostOf(bench: Workbench): string {
  return URL.canParse(bench.engine.address) ? new URL(bench.engine.address).hostname.replace(/^\[|\]$/g, '') : ''
}

async function askHttp(spec: HttpProbe, { host, port }: Address, signal: AbortSignal): Promise<Outcome> {
  const { request } = spec.scheme === 'https' ? await import('node:https') : await import('node:http')
  const status = await new Promise<number>((resolve, reject) => {
    const asked = request(
      // The certificate of a container is for the name its clients use, not for its address.
      { host, port, path: spec.path, method: 'GET', agent: false, rejectUnauthorized: false, signal },
      (answer) => {
        resolve(answer.statusCode ?? 0)
        answer.destroy()
      },
    )
    asked.on('error', reject)
    asked.end()
  })
  const [low, high] = spec.status
  return { ok: status >= low && status <= high, message: `GET ${spec.path} on port ${spec.port} answers ${status}` }
}

async function askTcp({ host, port }: Address, signal: AbortSignal): Promise<Outcome> {
  const { connect } = await import('node:net')
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port, signal })
    socket.on('connect', () => {
      resolve()
      socket.destroy()
    })
    socket.on('error', reject)
  })
  return { ok: true, message: `port ${port} accepts connections` }
}

function messageOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ECONNREFUSED') return 'connection refused'
  return error instanceof Error ? error.message : String(error)
}
