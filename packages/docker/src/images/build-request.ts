import type { Project } from '@windflow/compose'
import type { StepProgress } from '@windflow/engine'
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
