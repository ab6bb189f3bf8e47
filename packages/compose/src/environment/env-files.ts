import type { Position } from '../diagnostics/diagnostic.ts'
import type { Path, Report } from '../diagnostics/report.ts'
import type { Lookup } from '../interpolate/template.ts'
import type { Files } from '../source/files.ts'
import { EnvFileError, readEnvFile, readRawEnvFile, type Variables } from './dotenv.ts'

/**
 * The variables of env files for interpolation, later files over earlier ones. Values may refer to `variables`, which
 * win, and to lines before.
 */
export function loadEnvFiles(
  paths: readonly string[],
  variables: Readonly<Variables>,
  files: Files,
  report: Report,
  where: Path | Position,
): Variables {
  const found: Variables = Object.create(null)
  for (const path of paths) {
    const lookup = (name: string) => variables[name] ?? found[name]
    addEnvFile({ path, format: undefined, what: 'the env file', where }, found, lookup, files, report)
  }
  return found
}

export interface EnvFileReference {
  readonly path: string
  readonly format: string | undefined
  readonly what: string
  readonly where: Path | Position
}

/** Adds the variables of one file to `variables`. Problems are at the line of the file. */
export function addEnvFile(
  { path, format, what, where }: EnvFileReference,
  variables: Variables,
  lookup: Lookup,
  files: Files,
  report: Report,
): void {
  const text = files.read(path, what, where)
  try {
    if (format === undefined || format === '' || format === '.env') {
      readEnvFile(text, variables, lookup, (name) => {
        const place = { file: path, line: 1, column: 1 }
        const hint = `Set ${name}, or write $$ for a $`
        report.warn('env-file/unset-variable', place, `the variable ${name} is not set and becomes empty`, hint)
      })
    } else if (format === 'raw') readRawEnvFile(text, variables, lookup)
    else
      report.refuse('env-file/format', where, `there is no env file format '${format}'`, "Use 'raw', or leave it out")
  } catch (error) {
    if (!(error instanceof EnvFileError)) throw error
    report.refuse('env-file/syntax', { file: path, line: error.line, column: 1 }, error.message, error.hint)
  }
}
