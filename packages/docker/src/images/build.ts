import { EngineError } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import { inspectImage } from '../api/images.ts'
import type { ImageInspect } from '../api/types.ts'
import type { BuildOptions, BuildRequest } from './build-request.ts'

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
