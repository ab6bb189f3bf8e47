import { EngineError, type StepProgress } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import { ApiError } from '../api/errors.ts'
import { inspectImage } from '../api/images.ts'
import { jsonLines } from '../api/jsonlines.ts'
import type { ImageInspect } from '../api/types.ts'
import { authHeader, type CredentialSource } from './credentials.ts'
import { LayerProgress, type ProgressLine } from './progress.ts'
import { familiarRepository, parseReference, type Reference } from './reference.ts'

export interface PullOptions {
  /** `os/arch[/variant]` */
  readonly platform?: string | undefined
  readonly credentials: CredentialSource
  /** Bytes of all layers together; message in words. */
  readonly report?: (progress: StepProgress) => void
}

/**
 * Pulls one image, streaming its progress, and returns what the engine then has under that name.
 * @throws EngineError `image-not-found`, `registry-unauthorized`, `registry-unreachable`, `registry-busy`,
 * `image-platform-missing`, `image-name-invalid`; anything else as the engine says it
 */
export async function pullImage(
  engine: EngineClient,
  image: string,
  options: PullOptions,
  signal?: AbortSignal,
): Promise<ImageInspect> {
  const reference = parseReference(image)
  const auth = await options.credentials.forRegistry(reference.registry, signal)
  const progress = new LayerProgress()
  try {
    const answer = await engine.stream('POST', '/images/create', {
      query: {
        fromImage: familiarRepository(reference),
        tag: reference.digest ?? reference.tag,
        platform: options.platform,
      },
      headers: auth === undefined ? {} : { 'X-Registry-Auth': authHeader(auth) },
      signal,
    })
    for await (const line of jsonLines<ProgressLine>(answer)) {
      if (line.error !== undefined || line.errorDetail !== undefined)
        throw new Error(line.errorDetail?.message ?? line.error)
      const state = progress.add(line)
      if (state !== undefined) options.report?.(state)
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw pullError(error, image, reference, auth !== undefined)
  }
  return inspectImage(engine, image, signal)
}

/**
 * Digest of the manifest a name stands for in its registry now; the engine asks the registry, nothing is pulled.
 * @returns `sha256:...`
 */
export async function registryDigest(
  engine: EngineClient,
  image: string,
  credentials: CredentialSource,
  signal?: AbortSignal,
): Promise<string> {
  const reference = parseReference(image)
  const auth = await credentials.forRegistry(reference.registry, signal)
  const path = reference.familiar.split('/').map(encodeURIComponent).join('/')
  try {
    const answer = await engine.json<{ readonly Descriptor: { readonly digest: string } }>(
      'GET',
      `/distribution/${path}/json`,
      { headers: auth === undefined ? {} : { 'X-Registry-Auth': authHeader(auth) }, signal },
    )
    return answer.Descriptor.digest
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw pullError(error, image, reference, auth !== undefined)
  }
}

/** The digest under which the engine got this image from the registry of `image`; undefined for one built or loaded. */
export function pulledDigest(inspect: Pick<ImageInspect, 'RepoDigests'>, image: string): string | undefined {
  const repository = familiarRepository(parseReference(image))
  const found = (inspect.RepoDigests ?? []).find((entry) => entry.startsWith(`${repository}@`))
  return found?.slice(repository.length + 1)
}

/** Registries and engines word the same thing in many ways; this tells apart what a person does something else about. */
export function pullError(error: unknown, image: string, reference: Reference, loggedIn: boolean): unknown {
  if (error instanceof EngineError && !(error instanceof ApiError)) return error
  const text = error instanceof Error ? error.message : String(error)
  const registry = reference.registry === 'docker.io' ? 'Docker Hub' : reference.registry
  const login = reference.registry === 'docker.io' ? 'docker login' : `docker login ${reference.registry}`
  if (/no matching manifest|does not match the specified platform|no match for platform/i.test(text))
    return new EngineError('image-platform-missing', `image "${image}" does not exist for this platform: ${text}`, {
      class: 'user',
      hint: 'choose another tag, or set platform: on the service',
    })
  if (/toomanyrequests|rate limit/i.test(text))
    return new EngineError('registry-busy', `${registry} refuses more pulls for now: ${text}`, {
      class: 'transient',
      hint: loggedIn ? 'wait, or use a mirror' : `wait, or log in with ${login}`,
    })
  if (
    /no such host|dial tcp|connection refused|i\/o timeout|TLS handshake|x509|http: server gave HTTP response|Client\.Timeout|context deadline exceeded|\bEOF$/i.test(
      text,
    )
  )
    return new EngineError('registry-unreachable', `${registry} cannot be reached from the engine: ${text}`, {
      class: /no such host|x509|HTTP response/i.test(text) ? 'target' : 'transient',
      hint: 'check the name of the registry, and the network, DNS and proxy settings of the engine',
    })
  // A registry that hides private names answers "denied" for what does not exist, too.
  if (/unauthorized|authentication required|no basic auth credentials|access denied|denied:|forbidden/i.test(text))
    return new EngineError('registry-unauthorized', `${registry} does not give out image "${image}": ${text}`, {
      class: 'user',
      hint: loggedIn
        ? `check the name, and that the account of ${login} may read it`
        : `check the name; if it is private, log in with ${login}`,
    })
  if (/manifest unknown|not found|does not exist|name unknown/i.test(text))
    return new EngineError('image-not-found', `image "${image}" does not exist in ${registry}`, {
      class: 'user',
      hint: 'check the name and the tag',
    })
  if (error instanceof EngineError) return error
  return new EngineError('pull-failed', `pulling image "${image}" failed: ${text}`, { class: 'target' })
}
