import { normaliseProjectName } from '@windflow/compose'
import type { GlobalOptions } from '../command-line/commands.ts'
import { UsageError } from '../command-line/usage-error.ts'
import type { CommandContext } from '../context.ts'
import { type LoadedProject, loadProject } from './load.ts'

/** A project that may be known by its name alone: what runs of it can be seen and stopped without its files. */
export interface NamedProject {
  readonly name: string
  /** Where its releases are. */
  readonly folder: string
  /** Absent when there are no files. */
  readonly loaded?: LoadedProject
}

/**
 * The project a command means. With a name (`-p`, `COMPOSE_PROJECT_NAME`) and no files named, the files are taken when
 * they are there and good, and are not missed when they are not.
 * @throws FilesRefused, UsageError
 */
export function nameProject(global: GlobalOptions, context: CommandContext): NamedProject {
  const name = global['project-name'] || context.env.COMPOSE_PROJECT_NAME
  const named = name !== undefined && name !== '' && !global.file?.length && !context.env.COMPOSE_FILE
  if (named && normaliseProjectName(name) !== name) {
    throw new UsageError('project/name', `"${name}" cannot be a project name`, `"${normaliseProjectName(name)}" can`)
  }
  try {
    const loaded = loadProject(global, context)
    return { name: loaded.model.name, folder: loaded.folder, loaded }
  } catch (error) {
    if (!named) throw error
    return { name, folder: global['project-directory'] ?? context.cwd }
  }
}
