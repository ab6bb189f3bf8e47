import type { Diagnostic, Position, Severity } from './diagnostic.ts'

/** Thrown inside the engine to leave a phase; every problem is already in the report. */
export class Refused extends Error {
  override name = 'Refused'
}

export type Path = readonly (string | number)[]

/** Finds the place of an element in the files it came from. */
export type Locate = (path: Path) => Position

/** Problems found so far. A phase adds all it can find, then calls `stop` to leave when there was an error. */
export class Report {
  readonly diagnostics: Diagnostic[] = []
  readonly #locate: Locate
  #errors = 0
  readonly #seen = new Set<string>()

  constructor(locate: Locate) {
    this.#locate = locate
  }

  error(code: string, where: Path | Position, message: string, hint: string): void {
    this.#add('error', code, where, message, hint)
  }

  warn(code: string, where: Path | Position, message: string, hint: string): void {
    this.#add('warning', code, where, message, hint)
  }

  /** Adds the error and leaves the phase. */
  refuse(code: string, where: Path | Position, message: string, hint: string): never {
    this.error(code, where, message, hint)
    throw new Refused(message)
  }

  /** Leaves when an error was added. */
  stop(): void {
    if (this.#errors > 0) throw new Refused('the Compose files have errors')
  }

  #add(severity: Severity, code: string, where: Path | Position, message: string, hint: string): void {
    const isPath = Array.isArray(where)
    const position: Position = isPath ? this.#locate(where as Path) : (where as Position)
    const key = `${code}\0${position.file}\0${position.line}\0${position.column}\0${message}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    if (severity === 'error') this.#errors++
    const { file, line, column } = position
    const path = isPath ? { path: [...(where as Path)] } : {}
    this.diagnostics.push({ code, severity, file, line, column, message, hint, ...path })
  }
}
