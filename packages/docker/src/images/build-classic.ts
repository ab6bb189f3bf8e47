import { EngineError } from '@windflow/engine'
import type { EngineClient } from '../api/client.ts'
import { jsonLines } from '../api/jsonlines.ts'
import { type BuildOptions, type BuildRequest, buildArguments, buildLabels, isRemoteContext } from './build-request.ts'
import { openContext } from './context.ts'
import { configHeader } from './credentials.ts'
import { LayerProgress, type ProgressLine } from './progress.ts'

interface BuildLine extends ProgressLine {
  readonly stream?: string
}

/** Lines kept for the error when a build fails. */
const LAST_LINES = 12

/** Dockerfile features whose absence the classic builder words as a mistake in the file. */
const NEEDS_BUILDKIT =
  /requires BuildKit|unknown flag: (mount|link|chmod|parents|exclude|security|network)|unknown instruction: (<<|EOF)/i

/** Builds with the builder inside the engine (`POST /build`, version 1): the context goes there as a tar stream. */
export async function buildClassic(
  engine: EngineClient,
  request: BuildRequest,
  options: BuildOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const location = await contextOf(request, signal)
  const auths = await options.credentials.all(signal)
  const answer = await engine.stream('POST', '/build', {
    query: {
      ...classicQuery(request, options),
      dockerfile: location.dockerfile,
      remote: location.remote,
    },
    headers: {
      'Content-Type': 'application/x-tar',
      ...(Object.keys(auths).length > 0 && { 'X-Registry-Config': configHeader(auths) }),
    },
    ...(location.tar && { body: location.tar }),
    signal,
  })
  const layers = new LayerProgress()
  const last: string[] = []
  for await (const line of jsonLines<BuildLine>(answer)) {
    if (line.error !== undefined || line.errorDetail !== undefined)
      throw buildError(request.service, line.errorDetail?.message ?? line.error ?? 'unknown error', last)
    if (line.stream !== undefined) {
      for (const text of line.stream.split('\n')) {
        if (text.trim() === '') continue
        options.report?.({ line: text.trimEnd() })
        last.push(text.trimEnd())
        if (last.length > LAST_LINES) last.shift()
      }
    } else {
      const progress = layers.add(line)
      if (progress !== undefined) options.report?.(progress)
    }
  }
  signal?.throwIfAborted()
}

/** Query of the Engine API's image build, but for the context. */
export function classicQuery(request: BuildRequest, options: BuildOptions) {
  const { build } = request
  return {
    version: '1',
    t: [...new Set([...(build.tags ?? []), request.image])],
    rm: true,
    forcerm: true,
    nocache: build.no_cache === true || request.noCache === true || undefined,
    pull: build.pull === true || request.pull === true || undefined,
    buildargs: buildArguments(build, options),
    labels: { ...buildLabels(request, options.composeVersion), 'com.docker.compose.image.builder': 'classic' },
    networkmode: build.network,
    extrahosts: build.extra_hosts?.map((entry) => entry.replace('=', ':')),
    target: build.target,
    cachefrom: build.cache_from === undefined ? undefined : JSON.stringify(build.cache_from),
    shmsize: build.shm_size,
    ulimits: build.ulimits === undefined ? undefined : JSON.stringify(ulimits(build.ulimits)),
    isolation: build.isolation,
    platform: build.platforms?.[0] ?? request.platform,
  }
}

function ulimits(limits: NonNullable<BuildRequest['build']['ulimits']>) {
  return Object.entries(limits).map(([name, limit]) => {
    const { soft, hard } = typeof limit === 'number' ? { soft: limit, hard: limit } : limit
    return { Name: name, Soft: soft, Hard: hard }
  })
}

async function contextOf(
  request: BuildRequest,
  signal: AbortSignal | undefined,
): Promise<{ readonly dockerfile?: string; readonly remote?: string; readonly tar?: AsyncIterable<Uint8Array> }> {
  const { context = '.', dockerfile, dockerfile_inline: inline } = request.build
  if (!isRemoteContext(context)) return openContext({ folder: context, dockerfile, inline }, signal)
  if (inline !== undefined) {
    throw new EngineError(
      'build-needs-buildkit',
      `service "${request.service}": build.dockerfile_inline with a remote context cannot be built by the engine's classic builder`,
      { class: 'user', hint: "install the docker CLI's buildx plugin on this machine" },
    )
  }
  return { remote: context, ...(dockerfile !== undefined && { dockerfile }) }
}

function buildError(service: string, reason: string, lines: readonly string[]): EngineError {
  return new EngineError('build-failed', `building service "${service}" failed: ${reason}`, {
    class: 'user',
    hint: NEEDS_BUILDKIT.test(reason)
      ? "this Dockerfile needs BuildKit: install the docker CLI's buildx plugin on this machine"
      : 'the last lines of the builder show the step that failed',
    lines,
  })
}
