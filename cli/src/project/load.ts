import { readFileSync } from 'node:fs'
import {
  type Diagnostic,
  type FileSource,
  type LoadOptions,
  load,
  type Project,
  type ResolvedProject,
  resolveProject,
  type Sources,
} from '@windflow/compose'
import { nodeSource } from '@windflow/compose/node'
import type { GlobalOptions } from '../command-line/commands.ts'
import { UsageError } from '../command-line/usage-error.ts'
import type { CommandContext } from '../context.ts'
import { FilesRefused } from '../failure.ts'

/** A project as its files say it is. */
export interface LoadedProject {
  readonly model: Project
  /** Services that no active profile enables. */
  readonly disabled: Project['services']
  /** Folder that relative paths begin at, and that keeps the releases. */
  readonly folder: string
  /** Absolute paths; standard input is `-` in the folder of the command. */
  readonly configFiles: readonly string[]
  /** Those asked for with `--env-file`. */
  readonly envFiles: readonly string[]
  /** Variables for interpolation: the process's and those of env files. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Every file that was read, as it was. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly warnings: readonly Diagnostic[]
  readonly locate: Sources['locate']
}

export interface LoadChoices extends Pick<LoadOptions, 'resolveEnvironment' | 'allResources' | 'services'> {
  /** Services asked for by name: those of an inactive profile are enabled, and nothing is left out. */
  readonly enable?: readonly string[]
}

/**
 * Finds and loads the Compose files a command means.
 * @throws FilesRefused with every problem at its place
 */
export function loadProject(global: GlobalOptions, context: CommandContext, choices: LoadChoices = {}): LoadedProject {
  const { source, files } = recording(nodeSource())
  const resolved = findProject(global, context, source)
  const { enable = [], ...options } = choices
  const loading = { ...resolved.options, allResources: global['all-resources'], ...options }
  let result = load(resolved.files, loading)
  const profiles = enable.flatMap((name) => result.disabledServices[name]?.profiles ?? [])
  if (profiles.length > 0)
    result = load(resolved.files, { ...loading, profiles: [...(loading.profiles ?? []), ...profiles] })
  const diagnostics = [...resolved.diagnostics, ...result.diagnostics]
  if (!result.model) throw new FilesRefused(diagnostics)
  const { model } = result
  rejectUnknown(enable, model)
  return {
    model,
    disabled: result.disabledServices,
    folder: resolved.options.projectDirectory,
    configFiles: resolved.files.map((file) => (typeof file === 'string' ? file : file.path)),
    envFiles: resolved.envFiles,
    variables: resolved.options.env,
    files,
    warnings: diagnostics,
    locate: result.sources.locate,
  }
}

/** What `load` is to be given for a command; the process's streams and folder are read here. */
export function findProject(global: GlobalOptions, context: CommandContext, source: FileSource): ResolvedProject {
  const files = global.file
  const resolved = resolveProject({
    source,
    cwd: context.cwd,
    env: context.env,
    files,
    envFiles: global['env-file'],
    projectName: global['project-name'],
    projectDirectory: global['project-directory'] ?? global.workdir,
    profiles: global.profile,
    ...(files?.includes('-') && { standardInput: readFileSync(0, 'utf8') }),
  })
  if (resolved.diagnostics.some(({ severity }) => severity === 'error')) throw new FilesRefused(resolved.diagnostics)
  return resolved
}

/** @throws UsageError naming the first service there is not */
export function rejectUnknown(names: readonly string[], model: Project): void {
  const unknown = names.find((name) => !Object.hasOwn(model.services, name))
  if (unknown === undefined) return
  const known = Object.keys(model.services).join(', ')
  throw new UsageError(
    'select/unknown-service',
    `project "${model.name}" has no service "${unknown}"`,
    known ? `it has ${known}` : 'it has none',
  )
}

function recording(source: FileSource) {
  const files: { path: string; text: string }[] = []
  const readFile = (path: string) => {
    const text = source.readFile(path)
    if (!files.some((file) => file.path === path)) files.push({ path, text })
    return text
  }
  return { source: { ...source, readFile }, files }
}
