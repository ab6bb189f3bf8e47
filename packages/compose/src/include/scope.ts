import type { Path, Report } from '../diagnostics/report.ts'
import type { Variables } from '../environment/dotenv.ts'
import type { Registry } from '../parse/registry.ts'
import type { Files } from '../source/files.ts'
import type { Tree } from '../tree/value.ts'

/** Places of `!reset` and `!override`. */
export type Resets = readonly (readonly string[])[]

/** What all parts of one load share. */
export interface Loading {
  readonly report: Report
  readonly files: Files
  readonly registry: Registry
  /** What `~` stands for. */
  readonly home: string | undefined
  /** Files known without reading: given by the caller as text. */
  readonly texts: ReadonlyMap<string, string>
  /** Reads files as one model: what an include does with the files it names. */
  readonly loadModel: (paths: readonly string[], scope: Scope) => Tree
  /** Reads a file to be extended: the services it has, and its resets. */
  readonly openBase: (path: string, scope: Scope, where: Path) => { tree: Tree; resets: Resets }
  /** Models of included files, by what determines them: a file can be included from several places. */
  readonly included: Map<string, Tree>
}

/** How the files of one model (the main one, or an included one) are read. */
export interface Scope {
  readonly loading: Loading
  /** Absolute folder that paths to other Compose files begin at. */
  readonly root: string
  /** What relative paths inside the model begin at; for an included model relative to the including one. */
  readonly folder: string
  readonly variables: Variables
  /** Included files that led here, to find cycles. */
  readonly chain: readonly string[]
  /** Bases that services of these files extend, by path. */
  readonly bases: Map<string, Base>
}

/** A file whose services are extended, in long form, with paths relative to the extending model. */
export interface Base {
  readonly services: Tree
  readonly resets: Resets
}
