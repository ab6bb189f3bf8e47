import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { EngineClient } from '../src/api/client.ts'
import { tcpDialer } from '../src/targets/tcp.ts'

/** An HTTP server that answers as a test says, and the client that talks to it. For what a real engine cannot be made
 * to do: other versions, broken answers, lost connections. It ends with the test. */
export interface FakeEngine {
  readonly client: EngineClient
  /** `GET /v1.41/info`, in the order they came. */
  readonly requests: readonly string[]
  /** Number of connections so far. */
  connections(): number
  /** Breaks every connection, as an engine that restarts does. */
  disconnect(): void
}

export async function fakeEngine(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  options: ConstructorParameters<typeof EngineClient>[1] & { readonly version?: string | null } = {},
): Promise<FakeEngine> {
  const requests: string[] = []
  let connections = 0
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (options.version !== null) response.setHeader('Api-Version', options.version ?? '1.41')
    if (request.url === '/_ping') response.setHeader('Api-Version', options.version ?? '1.41').end()
    else answer(request, response)
  })
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new EngineClient(tcpDialer('127.0.0.1', (server.address() as AddressInfo).port, undefined), options)
  onTestFinished(async () => {
    await client.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    client,
    requests,
    connections: () => connections,
    disconnect: () => server.closeAllConnections(),
  }
}
