import type { Driver } from '@windflow/engine'
import type { RegistryCredential, TargetConnection, TargetDescription, TargetDriverFactory } from '../kernel/points.ts'
import type { ConnectionValue } from './schema.ts'

type Environment = Readonly<Record<string, string | undefined>>

const HUB = 'docker.io'
const HUB_KEY = 'https://index.docker.io/v1/'

/**
 * Targets of the kind `docker`: engines by unix socket, TLS or SSH.
 * @param environment how the engine of this machine is found, as the docker command line does
 */
export function dockerTargets(environment: Environment): TargetDriverFactory {
  return {
    async open(target): Promise<Driver> {
      const { dockerDriver } = await import('@windflow/docker')
      const address = addressOf(target)
      const credentials = credentialSource(target.registries)
      return dockerDriver({ environment, credentials, ...(address === undefined ? {} : { target: address }) })
    },

    async describe(target, signal): Promise<TargetDescription> {
      const { connect, resolveTarget } = await import('@windflow/docker')
      const engine = await connect(addressOf(target) ?? (await resolveTarget(environment)))
      try {
        const info = await engine.json<Readonly<Record<string, unknown>>>('GET', '/info', { signal })
        return { facts: { apiVersion: await engine.apiVersion(signal), ...factsOf(info) } }
      } finally {
        await engine.close()
      }
    },
  }
}

/** `undefined` for the engine of this machine. */
function addressOf({ connection, credentials }: TargetConnection) {
  // Stored by the targets service, which takes nothing else.
  const to = connection as ConnectionValue
  switch (to.endpoint) {
    case 'local':
      return undefined
    case 'tls': {
      const { ca, cert, key } = credentials
      const tls = {
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
      }
      return { url: `tcp://${bracketed(to.host)}:${to.port}`, tls }
    }
    case 'ssh': {
      const { privateKey = '', passphrase } = credentials
      const identity = { key: privateKey, ...(passphrase === undefined ? {} : { passphrase }) }
      return {
        url: `ssh://${to.user}@${bracketed(to.host)}${to.port === undefined ? '' : `:${to.port}`}`,
        // Nothing of the server's own user is offered to a host somebody typed in: no keys, no agent, no settings.
        ssh: { hostKey: to.hostKey, privateKeys: [identity], agent: 'none', configFiles: [], knownHostsFiles: [] },
      }
    }
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function credentialSource(registries: readonly RegistryCredential[]) {
  const entries = registries.map(({ host, username, password }) => {
    const serveraddress = host === HUB ? HUB_KEY : host
    return [serveraddress, { username, password, serveraddress }] as const
  })
  const all = Object.fromEntries(entries)
  return {
    forRegistry: async (registry: string) => all[registry === HUB ? HUB_KEY : registry],
    all: async () => all,
  }
}

const FACTS = {
  ServerVersion: 'engineVersion',
  Name: 'hostName',
  OperatingSystem: 'operatingSystem',
  OSType: 'osType',
  Architecture: 'architecture',
  NCPU: 'cpus',
  MemTotal: 'memoryBytes',
  Driver: 'storageDriver',
  CgroupVersion: 'cgroupVersion',
} as const

function factsOf(info: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  const facts: Record<string, string | number | boolean> = {}
  for (const [key, name] of Object.entries(FACTS)) {
    const value = info[key]
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') facts[name] = value
  }
  return facts
}
