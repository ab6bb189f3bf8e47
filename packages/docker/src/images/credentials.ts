import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { EngineError } from '@windflow/engine'

/** What a registry wants to see. Never logged, never part of a plan or an error. */
export interface RegistryAuth {
  readonly username?: string
  readonly password?: string
  readonly identitytoken?: string
  readonly registrytoken?: string
  /** The key the engine and credential helpers know the registry by. */
  readonly serveraddress: string
}

/** Where credentials come from: the user's Docker configuration for the CLI, stored secrets for a server. */
export interface CredentialSource {
  /** Folder of a docker configuration with the same credentials, for programs that read it themselves. */
  readonly folder?: string
  /** @param registry host and port, `docker.io` for Docker Hub. Undefined: none, ask as anybody. */
  forRegistry(registry: string, signal?: AbortSignal): Promise<RegistryAuth | undefined>
  /** All that is known, by server address: a build does not say beforehand which registries it will need. */
  all(signal?: AbortSignal): Promise<Readonly<Record<string, RegistryAuth>>>
}

/** The part of `config.json` of the docker CLI that concerns registries. */
export interface DockerConfig {
  readonly auths?: Readonly<Record<string, AuthEntry>>
  readonly credsStore?: string
  readonly credHelpers?: Readonly<Record<string, string>>
}

interface AuthEntry {
  readonly auth?: string
  readonly username?: string
  readonly password?: string
  readonly identitytoken?: string
  readonly registrytoken?: string
}

/** Runs `docker-credential-NAME ACTION` with `input` on its standard input; resolves with its standard output. */
export type RunHelper = (name: string, action: 'get' | 'list', input: string, signal?: AbortSignal) => Promise<string>

/** The key under which docker has always stored Docker Hub. */
const HUB_KEY = 'https://index.docker.io/v1/'
const MAX_HELPER_OUTPUT = 1024 * 1024

export interface CredentialEnvironment {
  readonly DOCKER_CONFIG?: string | undefined
  /** The content of a `config.json`, in the environment; goes before the file. */
  readonly DOCKER_AUTH_CONFIG?: string | undefined
  readonly HOME?: string | undefined
}

/** Credentials of the docker CLI's user. The file is read when the first image is asked for, once. */
export function dockerCredentials(env: CredentialEnvironment, runHelper: RunHelper = spawnHelper): CredentialSource {
  let configs: Promise<readonly DockerConfig[]> | undefined
  const load = () => {
    configs ??= readConfigs(env)
    return configs
  }
  return {
    folder: dockerConfigFolder(env),
    async forRegistry(registry, signal) {
      for (const config of await load()) {
        const auth = await authOf(config, registry, runHelper, signal)
        if (auth !== undefined) return auth
      }
      return undefined
    },
    async all(signal) {
      const found: Record<string, RegistryAuth> = {}
      for (const config of await load()) {
        for (const key of await knownKeys(config, runHelper, signal)) {
          const auth = await authOf(config, registryOf(key), runHelper, signal)
          if (auth !== undefined) found[auth.serveraddress] ??= auth
        }
      }
      return found
    },
  }
}

/** Nothing known of any registry. */
export const NO_CREDENTIALS: CredentialSource = {
  forRegistry: async () => undefined,
  all: async () => ({}),
}

/** Value of the `X-Registry-Auth` header: base64url of the JSON (Engine API, "Authentication"). */
export function authHeader(auth: RegistryAuth): string {
  return base64url(auth)
}

/** Value of the `X-Registry-Config` header of a build: credentials by server address. */
export function configHeader(auths: Readonly<Record<string, RegistryAuth>>): string {
  return base64url(auths)
}

/** Go decodes with padding required. */
function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

/** `config.json` text to configuration.
 * @param where for messages */
export function parseDockerConfig(text: string, where: string): DockerConfig {
  try {
    const parsed: unknown = JSON.parse(text)
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as DockerConfig
  } catch {
    // Said below: the cause would quote the text, and with it a password.
  }
  throw new EngineError('docker-config-invalid', `${where} is not valid JSON`, {
    class: 'user',
    hint: 'correct it, or log in again with docker login',
  })
}

async function readConfigs(env: CredentialEnvironment): Promise<readonly DockerConfig[]> {
  const configs: DockerConfig[] = []
  if (env.DOCKER_AUTH_CONFIG) configs.push(parseDockerConfig(env.DOCKER_AUTH_CONFIG, 'DOCKER_AUTH_CONFIG'))
  const path = join(dockerConfigFolder(env), 'config.json')
  try {
    configs.push(parseDockerConfig(await readFile(path, 'utf8'), path))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return configs
}

export function dockerConfigFolder(env: {
  readonly DOCKER_CONFIG?: string | undefined
  readonly HOME?: string | undefined
}): string {
  return env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker')
}

async function authOf(
  config: DockerConfig,
  registry: string,
  runHelper: RunHelper,
  signal: AbortSignal | undefined,
): Promise<RegistryAuth | undefined> {
  const serveraddress = registry === 'docker.io' ? HUB_KEY : registry
  const helperKey = Object.keys(config.credHelpers ?? {}).find((key) => registryOf(key) === registry)
  const helper = helperKey === undefined ? config.credsStore : config.credHelpers?.[helperKey]
  if (helper) {
    const auth = parseHelperAnswer(await runHelper(helper, 'get', serveraddress, signal), helper, serveraddress)
    if (auth !== undefined) return auth
  }
  const key = Object.keys(config.auths ?? {}).find((candidate) => registryOf(candidate) === registry)
  const entry = key === undefined ? undefined : config.auths?.[key]
  return entry && entryAuth(entry, serveraddress)
}

function entryAuth(entry: AuthEntry, serveraddress: string): RegistryAuth | undefined {
  if (entry.identitytoken) return { identitytoken: entry.identitytoken, serveraddress }
  if (entry.registrytoken) return { registrytoken: entry.registrytoken, serveraddress }
  const decoded = entry.auth ? Buffer.from(entry.auth, 'base64').toString('utf8').replace(/\0+$/, '') : ''
  const colon = decoded.indexOf(':')
  const username = colon < 0 ? entry.username : decoded.slice(0, colon)
  const password = colon < 0 ? entry.password : decoded.slice(colon + 1)
  return username ? { username, password: password ?? '', serveraddress } : undefined
}

/** Protocol of docker-credential-helpers: JSON, or a sentence when there is nothing. */
function parseHelperAnswer(output: string, helper: string, serveraddress: string): RegistryAuth | undefined {
  if (/credentials not found/i.test(output)) return undefined
  const answer: { readonly Username?: string; readonly Secret?: string } = helperJson(output, helper)
  if (!answer.Secret) return undefined
  if (answer.Username === '<token>') return { identitytoken: answer.Secret, serveraddress }
  return { username: answer.Username ?? '', password: answer.Secret, serveraddress }
}

/** The cause is left out of the error: it would quote the answer, and with it a password. */
function helperJson(output: string, helper: string): Readonly<Record<string, string>> {
  try {
    const answer: unknown = JSON.parse(output || '{}')
    if (answer !== null && typeof answer === 'object') return answer as Record<string, string>
  } catch {
    // Said below.
  }
  throw helperError(helper, 'its answer is not JSON')
}

async function knownKeys(
  config: DockerConfig,
  runHelper: RunHelper,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const keys = new Set([...Object.keys(config.auths ?? {}), ...Object.keys(config.credHelpers ?? {})])
  if (config.credsStore) {
    const listed = helperJson(await runHelper(config.credsStore, 'list', '', signal), config.credsStore)
    for (const key of Object.keys(listed)) keys.add(key)
  }
  return [...keys]
}

/** `https://index.docker.io/v1/` and `registry.example:5000/path` to the registry's host and port. */
export function registryOf(key: string): string {
  const host = key.replace(/^[a-z]+:\/\//, '').split('/')[0] ?? ''
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host
}

const spawnHelper: RunHelper = async (name, action, input, signal) => {
  if (!/^[\w.-]+$/.test(name)) throw helperError(name, 'its name is not valid')
  // Costs milliseconds to load, and most commands ask no helper.
  const { spawn } = await import('node:child_process')
  return new Promise((resolve, reject) => {
    const child = spawn(`docker-credential-${name}`, [action], {
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(signal && { signal }),
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      if (output.length > MAX_HELPER_OUTPUT) child.kill()
    })
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) reject(signal.reason)
      else reject(helperError(name, error.code === 'ENOENT' ? 'it is not installed' : error.message))
    })
    child.on('close', (code) => {
      if (code === 0 || /credentials not found/i.test(output)) resolve(output)
      else reject(helperError(name, `it ended with code ${code}`))
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

function helperError(name: string, reason: string): EngineError {
  return new EngineError(
    'credential-helper-failed',
    `the credential helper docker-credential-${name} failed: ${reason}`,
    {
      class: 'user',
      hint: 'install it, or remove it from credsStore or credHelpers in the docker config.json and log in again',
    },
  )
}
