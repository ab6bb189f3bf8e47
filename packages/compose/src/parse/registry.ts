import type { Position } from '../diagnostics/diagnostic.ts'
import type { Path } from '../diagnostics/report.ts'
import { parseDocuments } from './document.ts'
import { locateInDocument } from './locate.ts'
import type { Node } from './node.ts'

/** A Compose file as text and as documents. */
export interface ComposeFile {
  readonly path: string
  readonly text: string
  readonly documents: readonly Node[]
}

interface Origin {
  readonly file: string
  readonly document: Node
  /** Where the model has what the document has at `inDocument`. */
  readonly inModel: Path
  readonly inDocument: Path
}

/** Remembers which documents the model came from, to find the place of any of its elements. */
export class Registry {
  readonly #origins: Origin[] = []
  readonly #files = new Map<string, ComposeFile>()
  #first = ''

  /** Every Compose file that was read, in order. */
  get files(): ComposeFile[] {
    return [...this.#files.values()]
  }

  /** Parses a file, once. Throws YamlError. */
  parse(path: string, text: string): ComposeFile {
    this.#first ||= path
    const known = this.#files.get(path)
    if (known !== undefined) return known
    const file = { path, text, documents: parseDocuments(text) }
    this.#files.set(path, file)
    return file
  }

  /** Names the file that problems belong to when nothing better is known. */
  begin(path: string): void {
    this.#first ||= path
  }

  /** The document is part of the model. Of two documents, the one added later is preferred. */
  add(file: string, document: Node): void {
    this.#origins.push({ file, document, inModel: [], inDocument: [] })
  }

  /** An element of the model was taken from an element of another document, where the model's own has nothing. */
  addInherited(file: string, document: Node, inModel: Path, inDocument: Path): void {
    this.#origins.unshift({ file, document, inModel, inDocument })
  }

  locate(path: Path): Position {
    let best: Position = { file: this.#first, line: 1, column: 1 }
    let depth = -1
    for (const origin of this.#origins) {
      const { inModel, inDocument } = origin
      if (inModel.length > path.length || inModel.some((step, index) => step !== path[index])) continue
      const found = locateInDocument(origin.document, [...inDocument, ...path.slice(inModel.length)])
      const reached = found.depth - inDocument.length + inModel.length
      if (reached < depth) continue
      depth = reached
      best = { file: origin.file, line: found.line, column: found.column }
    }
    return best
  }
}
