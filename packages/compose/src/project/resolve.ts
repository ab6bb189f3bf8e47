import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { Refused, Report } from '../diagnostics/report.ts'
import type { Variables } from '../environment/dotenv.ts'
import { loadEnvFiles } from '../environment/env-files.ts'
import type { ComposeFileInput, LoadOptions } from '../load.ts'
import { expandHome } from '../normalise/paths.ts'
import { Files } from '../source/files.ts'
import { dirname, isAbsolute, join } from '../source/path.ts'
import type { FileSource } from '../source/source.ts'

/** What a command line and its environment say about the project. */
export interface ProjectRequest {
  readonly source: FileSource
  /** Absolute folder the command runs in. */
  readonly cwd: string
  /** Environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** `-f`; `-` is standard input, whose text is then in `standardInput`. */
  readonly files?: readonly string[] | undefined
  readonly standardInput?: string | undefined
  /** `--env-file` */
  readonly envFiles?: readonly string[] | undefined
  /** `-p` */
  readonly projectName?: string | undefined
  /** `--project-directory` */
  readonly projectDirectory?: string | undefined
  /** `--profile` */
  readonly profiles?: readonly string[] | undefined
}

/** What to load, ready for `load`, or why there is nothing to load. */
export interface ResolvedProject {
  readonly files: readonly ComposeFileInput[]
  readonly options: LoadOptions
  /** Absolute paths of the env files that were read, when they were asked for: Docker Compose puts them in a label. */
  readonly envFiles: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

const FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
const OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

/**
 * Finds the Compose files, the project directory and the variables of a command, as Docker Compose 5.6 does: from the
 * options, `COMPOSE_FILE`, `COMPOSE_PATH_SEPARATOR`, `COMPOSE_PROJECT_NAME`, `COMPOSE_PROFILES`, `COMPOSE_ENV_FILES`,
 * `COMPOSE_DISABLE_ENV_FILE`, `.env`, and the default file names in the folder and those above it.
 * With an error among the diagnostics the rest means nothing.
 */
export function resolveProject(request: ProjectRequest): ResolvedProject {
  const nowhere = { file: request.cwd, line: 1, column: 1 }
  const report = new Report(() => nowhere)
  try {
    return { ...new Resolution(request, report).run(), diagnostics: report.diagnostics }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const options = { env: {}, source: request.source, projectDirectory: request.cwd }
    return { files: [], options, envFiles: [], diagnostics: report.diagnostics }
  }
}

class Resolution {
  readonly #request: ProjectRequest
  readonly #report: Report
  readonly #files: Files
  readonly #variables: Variables = Object.create(null)

  constructor(request: ProjectRequest, report: Report) {
    this.#request = request
    this.#report = report
    this.#files = new Files(request.source, report)
    for (const [name, value] of Object.entries(request.env)) if (value !== undefined) this.#variables[name] = value
    this.#variables.PWD ??= request.cwd
  }

  run(): Omit<ResolvedProject, 'diagnostics'> {
    const request = this.#request
    const envFiles = this.#askedEnvFiles()
    const asked = (request.files ?? []).map((file) => (file === '-' ? file : this.#absolute(file)))
    const first = this.#directory(asked)
    this.#readVariables(envFiles, first)
    const files = asked.length > 0 ? asked : (this.#filesOfEnvironment() ?? this.#findFiles(first))
    const directory = this.#directory(files)
    if (directory !== first) this.#readVariables(envFiles, directory)
    const names = this.#variables.COMPOSE_PROFILES ?? ''
    const profiles = request.profiles ?? []
    return {
      files: files.map((path) =>
        path === '-' ? { path: join(request.cwd, '-'), text: request.standardInput ?? '' } : path,
      ),
      envFiles,
      options: {
        env: this.#variables,
        source: request.source,
        projectDirectory: directory,
        projectName: request.projectName || this.#variables.COMPOSE_PROJECT_NAME,
        profiles: profiles.length > 0 ? profiles : names.split(',').map((name) => name.trim()),
      },
    }
  }

  #absolute(path: string): string {
    return isAbsolute(path) ? join(path) : join(this.#request.cwd, path)
  }

  #directory(files: readonly string[]): string {
    const { projectDirectory, cwd } = this.#request
    if (projectDirectory) return this.#absolute(projectDirectory)
    const file = files.find((path) => path !== '-')
    return file === undefined ? cwd : dirname(file)
  }

  #askedEnvFiles(): string[] {
    const asked = this.#request.envFiles ?? []
    const paths =
      asked.length > 0 ? asked : (this.#variables.COMPOSE_ENV_FILES ?? '').split(',').filter((path) => path !== '')
    return paths.map((path) => this.#absolute(expandHome(path, this.#variables.HOME)))
  }

  /** Variables of the process win over those of env files, and of two env files the later one wins. */
  #readVariables(asked: readonly string[], directory: string): void {
    const paths = asked.length > 0 ? asked : this.#defaultEnvFile(directory)
    const where = { file: paths[0] ?? directory, line: 1, column: 1 }
    const found = loadEnvFiles(paths, this.#variables, this.#files, this.#report, where)
    for (const name in found) this.#variables[name] ??= found[name] as string
  }

  #defaultEnvFile(directory: string): string[] {
    const disabled = this.#request.env.COMPOSE_DISABLE_ENV_FILE
    if (disabled !== undefined) {
      if (/^(?:1|t|T|true|TRUE|True)$/.test(disabled)) return []
      if (!/^(?:0|f|F|false|FALSE|False)$/.test(disabled)) {
        const where = { file: directory, line: 1, column: 1 }
        const message = `COMPOSE_DISABLE_ENV_FILE is '${disabled}', which is neither true nor false`
        this.#report.refuse('project/disable-env-file', where, message, 'Set it to true or false')
      }
    }
    const path = join(directory, '.env')
    const kind = this.#files.source.kind(path)
    return kind === undefined || kind === 'directory' ? [] : [path]
  }

  #filesOfEnvironment(): string[] | undefined {
    const list = this.#variables.COMPOSE_FILE
    if (list === undefined) return undefined
    return list.split(this.#variables.COMPOSE_PATH_SEPARATOR || ':').map((entry) => {
      if (entry === '-') return entry
      const path = this.#absolute(entry)
      if (this.#files.source.kind(path) === 'file') return path
      const message = `COMPOSE_FILE names ${path}, which is not a file`
      const hint = 'Correct COMPOSE_FILE, in the environment or in .env'
      return this.#report.refuse('project/compose-file', { file: path, line: 1, column: 1 }, message, hint)
    })
  }

  #findFiles(start: string): string[] {
    for (let folder = start; ; folder = dirname(folder)) {
      const [file, ...others] = this.#existing(folder, FILES)
      if (file !== undefined) {
        this.#warnOthers(file, others)
        const [override, ...otherOverrides] = this.#existing(folder, OVERRIDES)
        if (override === undefined) return [file]
        this.#warnOthers(override, otherOverrides)
        return [file, override]
      }
      if (folder === '/' || folder === '.') break
    }
    const where = { file: start, line: 1, column: 1 }
    const message = `there is no Compose file in ${start} or above it`
    return this.#report.refuse('project/no-file', where, message, 'Create compose.yaml, or name a file with -f')
  }

  #existing(folder: string, names: readonly string[]): string[] {
    return names.map((name) => join(folder, name)).filter((path) => this.#files.exists(path))
  }

  #warnOthers(used: string, others: readonly string[]): void {
    if (others.length === 0) return
    const message = `${used} is used, and ${others.join(', ')} ignored`
    this.#report.warn('project/several-files', { file: used, line: 1, column: 1 }, message, 'Keep one of them')
  }
}
