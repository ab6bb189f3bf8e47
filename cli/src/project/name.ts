import { resolve } from 'node:path'
import { normaliseProjectName } from '@windflow/compose'
import { nodeSource } from '@windflow/compose/node'
import type { GlobalOptions } from '../command-line/commands.ts'
import { UsageError } from '../command-line/usage-error.ts'
import type { CommandContext } from '../context.ts'
import { FilesRefused } from '../failure.ts'
import { releasedProjects } from '../releases/numbers.ts'
import { findProject, type LoadedProject, loadProject } from './load.ts'

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
  const name = givenName(global, context)
  const named = name !== undefined && name !== '' && !global.file?.length && !context.env.COMPOSE_FILE
  if (named && normaliseProjectName(name) !== name) {
    throw new UsageError('project/name', `"${name}" cannot be a project name`, `"${normaliseProjectName(name)}" can`)
  }
  try {
    const loaded = loadProject(global, context)
    return { name: loaded.model.name, folder: loaded.folder, loaded }
  } catch (error) {
    if (!named) throw error
    return { name, folder: folderOf(global, context) }
  }
}

/**
 * The project whose releases a command means. What the files say by now is no matter to releases: when they are refused
 * or gone (a variable lost its value, half an edit), the folder's releases tell which project it is.
 * @throws FilesRefused when they do not, UsageError
 */
export function nameReleasedProject(global: GlobalOptions, context: CommandContext): NamedProject {
  try {
    return nameProject(global, context)
  } catch (error) {
    if (!(error instanceof FilesRefused)) throw error
    const folder = folderOf(global, context)
    const given = givenName(global, context)
    const candidates = releasedProjects(folder).filter((name) => !given || name === given)
    const [name] = candidates
    if (name === undefined || candidates.length > 1) throw error
    return { name, folder }
  }
}

function givenName(global: GlobalOptions, { env }: CommandContext): string | undefined {
  return global['project-name'] || env.COMPOSE_PROJECT_NAME
}

/** The project folder when the files cannot be loaded: theirs when there are any. */
function folderOf(global: GlobalOptions, context: CommandContext): string {
  try {
    return findProject(global, context, nodeSource()).options.projectDirectory
  } catch (error) {
    if (!(error instanceof FilesRefused)) throw error
    return resolve(context.cwd, global['project-directory'] ?? global.workdir ?? '.')
  }
}
