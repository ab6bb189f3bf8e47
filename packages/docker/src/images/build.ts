import type { Project } from '@windflow/compose'
import { EngineError, type StepProgress } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import { inspectImage } from '../api/images.ts'
import type { ImageInspect } from '../api/types.ts'
import type { CredentialSource } from './credentials.ts'

export type BuildSection = NonNullable<NonNullable<Project['services']>[string]['build']>

/** One image to build. */
export interface BuildRequest {
  readonly project: string
  readonly service: string
  readonly build: BuildSection
  /** The name to give it; see `builtImageName`. */
  readonly image: string
  /** `os/arch[/variant]` of the service, when it asks for one. */
  readonly platform?: string | undefined
  /** Secrets of the project by name: where each one's value comes from. */
  readonly secrets?: Project['secrets']
  /** Values for secrets that come from the environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Names of the images that other services of the project build, by service: for `service:` contexts. */
  readonly images?: Readonly<Record<string, string>>
  readonly pull?: boolean
  readonly noCache?: boolean
}

export interface BuildOptions {
  readonly credentials: CredentialSource
  /** Version of Compose whose labels are written. */
  readonly composeVersion: string
  /** The environment of the user: where plugins and credentials are, and DOCKER_BUILDKIT. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Arguments every build gets unless the file sets them: the proxies of the docker CLI's configuration. */
  readonly proxies?: Readonly<Record<string, string>>
  /** Lines of the builder, and bytes of base images. */
  readonly report?: (progress: StepProgress) => void
}

/** The image a service that is built runs: its own name, or `<project>-<service>`. */
export function builtImageName(project: string, service: string, image: string | undefined): string {
  return image || `${project}-${service}`
}

/**
 * Builds an image and tags it: with BuildKit through the docker CLI's buildx plugin where that is installed (and
 * DOCKER_BUILDKIT is not 0), as docker compose does, otherwise with the engine's classic builder.
 * @throws EngineError `build-failed`, `build-needs-buildkit` (an option the classic builder does not have),
 * `build-context-missing`, `dockerfile-missing`, ..., class user
 */
export async function buildImage(
  engine: EngineClient,
  request: BuildRequest,
  options: BuildOptions,
  signal?: AbortSignal,
): Promise<ImageInspect> {
  const plugin = await buildxPlugin(options)
  if (plugin !== undefined) {
    const { buildWithBuildx } = await import('./build-buildx.ts')
    await buildWithBuildx(engine, plugin, request, options, signal)
  } else {
    const needs = buildKitOnly(request)
    if (needs.length > 0) {
      throw new EngineError(
        'build-needs-buildkit',
        `service "${request.service}": ${needs.map((name) => `build.${name}`).join(', ')} cannot be built by the engine's classic builder`,
        {
          class: 'user',
          hint: "install the docker CLI's buildx plugin on this machine, and leave DOCKER_BUILDKIT unset",
        },
      )
    }
    const { buildClassic } = await import('./build-classic.ts')
    await buildClassic(engine, request, options, signal)
  }
  return inspectImage(engine, request.image, signal)
}

async function buildxPlugin(options: BuildOptions): Promise<string | undefined> {
  // A boolean as Go reads it: 0, f, false turn BuildKit off.
  if (/^(0|f|false)$/i.test(options.env.DOCKER_BUILDKIT ?? '')) return undefined
  const { findPlugin } = await import('./plugin.ts')
  return findPlugin('buildx', options.env)
}

/** The options of this build that only BuildKit has, by their names in the file. */
export function buildKitOnly({ build }: Pick<BuildRequest, 'build'>): readonly string[] {
  const used = (value: readonly unknown[] | object | string | undefined | null) =>
    value !== undefined && value !== null && Object.keys(value).length > 0
  const attested = (value: string | undefined) => value !== undefined && value !== '' && value !== 'false'
  return [
    ...(used(build.secrets) ? ['secrets'] : []),
    ...(used(build.ssh) ? ['ssh'] : []),
    ...(used(build.additional_contexts) ? ['additional_contexts'] : []),
    ...(used(build.cache_to) ? ['cache_to'] : []),
    ...(used(build.no_cache_filter) ? ['no_cache_filter'] : []),
    ...(used(build.entitlements) ? ['entitlements'] : []),
    ...(build.privileged === true ? ['privileged'] : []),
    ...((build.platforms?.length ?? 0) > 1 ? ['platforms'] : []),
    ...(attested(build.provenance) ? ['provenance'] : []),
    ...(attested(build.sbom) ? ['sbom'] : []),
  ]
}

/** Git and HTTP addresses are fetched by the builder itself. */
export function isRemoteContext(context: string): boolean {
  return /^(https?|git|ssh):\/\/|^git@|^github\.com\//.test(context)
}

/** Labels docker compose puts on what it builds; the file's own go before them. */
export function buildLabels(request: BuildRequest, composeVersion: string): Readonly<Record<string, string>> {
  return {
    ...request.build.labels,
    'com.docker.compose.project': request.project,
    'com.docker.compose.service': request.service,
    'com.docker.compose.version': composeVersion,
  }
}

/** Arguments that have a value; one without is as if it were not there. */
export function buildArguments(
  build: BuildSection,
  { proxies }: Pick<BuildOptions, 'proxies'>,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = { ...proxies }
  for (const [name, value] of Object.entries(build.args ?? {})) if (value !== null) found[name] = value
  return found
}
