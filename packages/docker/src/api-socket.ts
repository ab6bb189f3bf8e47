import { API_SOCKET_CONFIG, withApiSocket } from '@windflow/compose'
import type { Desired } from '@windflow/engine'
import type { CredentialSource } from './images/credentials.ts'

/**
 * The desired state with one service as its container is made: `use_api_socket` gives it the engine's socket, and the
 * credentials of the user as a file. The same object when the service does not ask for it.
 */
export async function withSocketOf(
  desired: Desired,
  name: string,
  credentials: CredentialSource,
  signal: AbortSignal,
): Promise<Desired> {
  const service = desired.model.services[name]
  if (!service?.use_api_socket) return desired
  const content = await clientConfiguration(credentials, signal)
  return {
    ...desired,
    model: {
      ...desired.model,
      services: { ...desired.model.services, [name]: withApiSocket(service) },
      configs: { ...desired.model.configs, [API_SOCKET_CONFIG]: { content } },
    },
  }
}

/** A `config.json` of the docker CLI. */
async function clientConfiguration(credentials: CredentialSource, signal: AbortSignal): Promise<string> {
  const auths: Record<string, unknown> = {}
  for (const [server, auth] of Object.entries(await credentials.all(signal))) {
    const { username, password, identitytoken, registrytoken } = auth
    auths[server] = {
      ...(username !== undefined && { auth: Buffer.from(`${username}:${password ?? ''}`).toString('base64') }),
      ...(identitytoken !== undefined && { identitytoken }),
      ...(registrytoken !== undefined && { registrytoken }),
    }
  }
  return JSON.stringify({ auths })
}
