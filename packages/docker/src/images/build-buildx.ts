import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { EngineError } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import { relayedAddress } from '../targets/relay.ts'
import { type BuildOptions, type BuildRequest, buildArguments, buildLabels, isRemoteContext } from './build-request.ts'
import type { CredentialSource } from './credentials.ts'

/** Lines kept for the error when a build fails. */
const LAST_LINES = 12

/** Bake first tries to read its standard input as a Compose file, and warns of the `$` that are meant for the builder. */
const NOISE = /^(?!#).*variable is not set\. Defaulting to a blank string/

/**
 * Builds with BuildKit through the buildx plugin. What to build goes to its standard input as a bake file: values of
 * arguments never appear on a command line. Whatever way leads to the engine, the plugin sees a local socket.
 * @param plugin path of the plugin's program
 */
export async function buildWithBuildx(
  engine: EngineClient,
  plugin: string,
  request: BuildRequest,
  options: BuildOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { target, secretEnvironment, readable } = bakeTarget(request, options)
  const insecure = target.entitlements?.includes('security.insecure') === true
  const args = ['bake', '--file', '-', '--progress', 'plain']
  if (await canAllow(plugin)) {
    for (const path of readable) args.push('--allow', `fs.read=${path}`)
    if (insecure) args.push('--allow', 'security.insecure')
    for (const entitlement of target.entitlements ?? [])
      if (entitlement !== 'security.insecure') args.push('--allow', entitlement)
  }
  const file = JSON.stringify({ group: { default: { targets: ['image'] } }, target: { image: target } })
  const relay = await relayedAddress(engine)
  try {
    await withConfigFolder(options.credentials, signal, (folder) => {
      const env = {
        // Attestations nobody asked for would give an unchanged image another id with every build.
        BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
        ...withoutTarget(options.env),
        ...secretEnvironment,
        DOCKER_HOST: relay.address,
        DOCKER_CONFIG: folder,
      }
      return run(plugin, args, file, env, request.service, options, signal)
    })
  } finally {
    await relay.close()
  }
}

interface BakeTarget {
  readonly context: string
  readonly entitlements?: readonly string[]
  readonly [option: string]: unknown
}

/** One target of a bake file (buildx, "Bake file reference"). `${` and `%{` are doubled: bake would
 * evaluate them. */
export function bakeTarget(
  request: BuildRequest,
  options: BuildOptions,
): {
  readonly target: BakeTarget
  /** Variables the secrets refer to. */
  readonly secretEnvironment: Readonly<Record<string, string>>
  /** Local folders the build reads. */
  readonly readable: readonly string[]
} {
  const { build } = request
  const context = build.context ?? '.'
  const contexts = Object.fromEntries(
    Object.entries(build.additional_contexts ?? {}).map(([name, value]) => [name, contextAddress(value, request)]),
  )
  const secrets = bakeSecrets(request)
  const entitlements = [...(build.entitlements ?? []), ...(build.privileged === true ? ['security.insecure'] : [])]
  const platforms = build.platforms ?? (request.platform === undefined ? undefined : [request.platform])
  const target: BakeTarget = {
    context,
    ...(build.dockerfile !== undefined && build.dockerfile_inline === undefined && { dockerfile: build.dockerfile }),
    ...(build.dockerfile_inline !== undefined && { 'dockerfile-inline': literal(build.dockerfile_inline) }),
    contexts,
    args: mapValues(buildArguments(build, options), literal),
    labels: mapValues(buildLabels(request, options.composeVersion), literal),
    tags: [...new Set([...(build.tags ?? []), request.image])],
    'cache-from': build.cache_from,
    'cache-to': build.cache_to,
    target: build.target,
    secret: secrets.entries,
    ssh: build.ssh?.map((entry) => (entry === '' ? 'default' : entry)),
    platforms,
    pull: build.pull === true || request.pull === true || undefined,
    'no-cache': build.no_cache === true || request.noCache === true || undefined,
    'no-cache-filter': build.no_cache_filter,
    network: build.network,
    'shm-size': build.shm_size,
    ulimits: build.ulimits && Object.entries(build.ulimits).map(([name, limit]) => ulimit(name, limit)),
    'extra-hosts': build.extra_hosts && Object.fromEntries(build.extra_hosts.map(splitHost)),
    ...(entitlements.length > 0 && { entitlements }),
    attest: [...attestation('provenance', build.provenance), ...attestation('sbom', build.sbom)],
    // Several platforms fit only into the engine's own image store.
    output: [(platforms?.length ?? 0) > 1 ? 'type=image,push=false' : 'type=docker'],
  }
  const readable = [context, ...Object.values(contexts)].filter(
    (path) => !path.includes('://') && !isRemoteContext(path),
  )
  return { target, secretEnvironment: secrets.environment, readable }
}

function contextAddress(value: string, request: BuildRequest): string {
  if (!value.startsWith('service:')) return value
  const service = value.slice('service:'.length)
  return `docker-image://${request.images?.[service] ?? `${request.project}-${service}`}`
}

function bakeSecrets(request: BuildRequest) {
  const entries: string[] = []
  const environment: Record<string, string> = {}
  for (const reference of request.build.secrets ?? []) {
    const id = reference.target || reference.source || ''
    const secret = request.secrets?.[reference.source ?? '']
    if (secret?.environment) {
      // Under a name of our own: the secret's may mean something to the plugin.
      const variable = `WINDFLOW_BUILD_SECRET_${entries.length}`
      environment[variable] = request.environment?.[secret.environment] ?? ''
      entries.push(`id=${id},type=env,env=${variable}`)
    } else if (secret?.file) entries.push(`id=${id},type=file,src=${secret.file}`)
  }
  return { entries, environment }
}

function ulimit(name: string, limit: number | { readonly soft?: number; readonly hard?: number }): string {
  return typeof limit === 'number' ? `${name}=${limit}` : `${name}=${limit.soft ?? 0}:${limit.hard ?? limit.soft ?? 0}`
}

function splitHost(entry: string): readonly [string, string] {
  const at = entry.search(/[=:]/)
  return [entry.slice(0, at), entry.slice(at + 1)]
}

function attestation(type: string, value: string | undefined): readonly string[] {
  if (value === undefined || value === '') return []
  if (value === 'true') return [`type=${type}`]
  return [value === 'false' ? `type=${type},disabled=true` : `type=${type},${value}`]
}

function literal(text: string): string {
  return text.replace(/[$%]\{/g, (opening) => opening[0] + opening)
}

function mapValues(values: Readonly<Record<string, string>>, change: (value: string) => string) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))
}

/** Entitlements of bake came with buildx 0.18; older ones do not ask and do not know the option. */
async function canAllow(plugin: string): Promise<boolean> {
  const version = await new Promise<string>((resolve) => {
    const child = spawn(plugin, ['version'], { stdio: ['ignore', 'pipe', 'ignore'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.on('error', () => resolve(''))
    child.on('close', () => resolve(output))
  })
  const [, major = '0', minor = '0'] = /\bv?(\d+)\.(\d+)\.\d+/.exec(version) ?? []
  return Number(major) > 0 || Number(minor) >= 18
}

function withoutTarget(env: BuildOptions['env']): Readonly<Record<string, string | undefined>> {
  const { DOCKER_CONTEXT: _c, DOCKER_TLS: _t, DOCKER_TLS_VERIFY: _v, DOCKER_CERT_PATH: _p, ...rest } = env
  return rest
}

/** The plugin reads credentials from a docker configuration: the user's own, or one made for this build. */
async function withConfigFolder(
  credentials: CredentialSource,
  signal: AbortSignal | undefined,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  if (credentials.folder !== undefined) return use(credentials.folder)
  const folder = await mkdtemp(join(tmpdir(), 'windflow-build-'))
  try {
    const auths: Record<string, unknown> = {}
    for (const [key, { username, password, identitytoken }] of Object.entries(await credentials.all(signal)))
      auths[key] = identitytoken
        ? { identitytoken }
        : { auth: Buffer.from(`${username}:${password}`).toString('base64') }
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths }), { mode: 0o600 })
    await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function run(
  plugin: string,
  args: readonly string[],
  input: string,
  env: Readonly<Record<string, string | undefined>>,
  service: string,
  options: BuildOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(plugin, args, { env, stdio: ['pipe', 'ignore', 'pipe'], ...(signal && { signal }) })
    const last: string[] = []
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.trim() === '' || NOISE.test(line)) return
      options.report?.({ line })
      last.push(line)
      if (last.length > LAST_LINES) last.shift()
    })
    child.on('error', (error) => reject(signal?.aborted ? signal.reason : failed(service, error.message)))
    child.on('close', (code) => {
      if (code === 0) resolve()
      else if (signal?.aborted) reject(signal.reason)
      else reject(failed(service, reasonOf(last) ?? `buildx ended with code ${code}`, last))
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

function reasonOf(lines: readonly string[]): string | undefined {
  return lines.findLast((line) => line.startsWith('ERROR: '))?.slice('ERROR: '.length)
}

function failed(service: string, reason: string, lines: readonly string[] = []): EngineError {
  return new EngineError('build-failed', `building service "${service}" failed: ${reason}`, {
    class: 'user',
    hint: /unsupported frontend capability/.test(reason)
      ? 'the BuildKit of this engine is too old for that: update the engine, or begin the Dockerfile with # syntax=docker/dockerfile:1'
      : 'the last lines of the builder show the step that failed',
    lines,
  })
}
