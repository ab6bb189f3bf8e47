import { type ActiveProject, withProfiles } from './canonical/profiles.ts'
import { toProject } from './canonical/project.ts'
import { selectServices, withoutUnused } from './canonical/select.ts'
import type { Diagnostic, Position } from './diagnostics/diagnostic.ts'
import { type Path, Refused, Report } from './diagnostics/report.ts'
import type { Variables } from './environment/dotenv.ts'
import { resolveService } from './environment/service.ts'
import { openComposeFile, overlayFile } from './include/compose-file.ts'
import { loadModel } from './include/model.ts'
import type { Loading } from './include/scope.ts'
import type { Project, Service } from './model/index.ts'
import { writeImplied } from './normalise/implicit.ts'
import { Registry } from './parse/registry.ts'
import { findProjectName } from './project/name.ts'
import { Files } from './source/files.ts'
import { isAbsolute, join } from './source/path.ts'
import type { FileSource } from './source/source.ts'
import { checkConsistency } from './validate/consistency.ts'

/** A Compose file: its path, or its path and its text (for one that is not on disk, such as standard input). */
export type ComposeFileInput = string | { readonly path: string; readonly text: string }

export interface LoadOptions {
  /** Values for interpolation, and of variables that services name without a value. Those of `.env` included. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where files are read. */
  readonly source: FileSource
  /** Absolute folder that relative paths begin at. */
  readonly projectDirectory: string
  /** Overrides `name:` of the files. Without either, the name of the project directory. */
  readonly projectName?: string | undefined
  /** Active profiles; `*` is every one. */
  readonly profiles?: readonly string[] | undefined
  /** Only these services and what they depend on. None means all. */
  readonly services?: readonly string[] | undefined
  /** Keep networks, volumes, configs, secrets and models that no service uses. */
  readonly allResources?: boolean | undefined
  /** Read env files and label files into the services. True when absent. */
  readonly resolveEnvironment?: boolean | undefined
}

/** The texts a model came from, and the place of each of its elements in them. */
export interface Sources {
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** Where the element (or the nearest one around it) is written. `['services', 'web', 'ports', 0]` is a path. */
  locate(path: Path): Position
}

export interface LoadResult {
  /** The canonical model; absent when there was an error. */
  readonly model?: Project
  /** Services that are left out because none of their profiles is active. */
  readonly disabledServices: Readonly<Record<string, Service>>
  /** Errors and warnings, in the order they were found. */
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: Sources
}

/**
 * Loads Compose files, each over the one before, into the canonical model that `docker compose config` of Docker Compose
 * 5.6 gives for them. Never throws for what the files say: errors are in `diagnostics`, with their places.
 */
export function load(files: readonly ComposeFileInput[], options: LoadOptions): LoadResult {
  const registry = new Registry()
  const report = new Report((path) => registry.locate(path))
  const sources: Sources = {
    get files() {
      return registry.files.map(({ path, text }) => ({ path, text }))
    },
    locate: (path) => registry.locate(path),
  }
  try {
    const active = loadActive(files, options, registry, report)
    const { project: model, disabledServices } = active
    return { model, disabledServices, diagnostics: report.diagnostics, sources }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { disabledServices: {}, diagnostics: report.diagnostics, sources }
  }
}

function loadActive(
  inputs: readonly ComposeFileInput[],
  options: LoadOptions,
  registry: Registry,
  report: Report,
): ActiveProject {
  const { projectDirectory: root, profiles = [] } = options
  const files = new Files(options.source, report)
  const inputPaths = inputs.map((input) => {
    const path = typeof input === 'string' ? input : input.path
    return isAbsolute(path) ? path : join(root, path)
  })
  const given = inputs.flatMap((input, index): [string, string][] =>
    typeof input === 'string' ? [] : [[inputPaths[index] as string, input.text]],
  )
  const variables: Variables = Object.create(null)
  for (const [name, value] of Object.entries(options.env)) if (value !== undefined) variables[name] = value
  const loading: Loading = {
    report,
    files,
    registry,
    home: variables.HOME,
    texts: new Map(given),
    included: new Map(),
    loadModel,
    openBase: (path, scope, where) => {
      const { loading: shared } = scope
      return overlayFile(Object.create(null), openComposeFile(path, shared, where), scope, true)
    },
  }
  const start = { file: inputPaths[0] ?? root, line: 1, column: 1 }
  if (inputPaths.length === 0) report.refuse('load/no-file', start, 'there is no Compose file', 'Create compose.yaml')
  const opened = inputPaths.map((path) => openComposeFile(path, loading, { file: path, line: 1, column: 1 }))
  const name = findProjectName(opened, options.projectName, root, variables, report)
  variables.COMPOSE_PROJECT_NAME = name
  const tree = loadModel(inputPaths, { loading, root, folder: root, variables, chain: [], bases: new Map() })
  if (Object.keys(tree).length === 0)
    report.refuse('load/empty', start, 'the Compose file is empty', 'Begin with services:')
  writeImplied(tree, name, variables, report)
  const active = withProfiles(toProject(tree, name, report), profiles)
  checkConsistency(active, report)
  const selected = selectServices(active, options.services ?? [], profiles, report)
  return resolve(selected, options, variables, files, report)
}

function resolve(
  active: ActiveProject,
  { allResources, resolveEnvironment }: LoadOptions,
  variables: Readonly<Variables>,
  files: Files,
  report: Report,
): ActiveProject {
  const pruned = allResources ? active.project : withoutUnused(active.project)
  const services = Object.entries(pruned.services).map(([name, given]): [string, Service] => {
    const service = withReplicasOfScale(given)
    return [name, resolveEnvironment === false ? service : resolveService(name, service, variables, files, report)]
  })
  report.stop()
  return { ...active, project: { ...pruned, services: Object.fromEntries(services) } }
}

/** `scale` also says `deploy.replicas`. */
function withReplicasOfScale(service: Service): Service {
  const { scale, deploy } = service
  return scale === undefined || deploy === undefined ? service : { ...service, deploy: { ...deploy, replicas: scale } }
}
