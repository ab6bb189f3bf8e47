import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRecord } from './attributes/field.ts'
import { dockerConfigFolder } from './images/credentials.ts'

const VARIABLES = {
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  noProxy: 'NO_PROXY',
  ftpProxy: 'FTP_PROXY',
  allProxy: 'ALL_PROXY',
} as const

/**
 * Proxy variables that the Docker CLI's configuration (`proxies` in config.json) wants in every container: those of the
 * engine's address, else the default. Each in upper and lower case. None when there is no readable configuration.
 */
export async function configuredProxies(
  engine: string,
  env: { readonly DOCKER_CONFIG?: string | undefined; readonly HOME?: string | undefined },
): Promise<Readonly<Record<string, string>>> {
  const proxies = await proxySettings(join(dockerConfigFolder(env), 'config.json'))
  const chosen = isRecord(proxies) ? (proxies[engine] ?? proxies.default) : undefined
  const variables: Record<string, string> = {}
  if (!isRecord(chosen)) return variables
  for (const [setting, name] of Object.entries(VARIABLES)) {
    const value = chosen[setting]
    if (typeof value !== 'string' || value === '') continue
    variables[name] = value
    variables[name.toLowerCase()] = value
  }
  return variables
}

async function proxySettings(path: string): Promise<unknown> {
  try {
    const config: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isRecord(config) ? config.proxies : undefined
  } catch {
    return undefined
  }
}
