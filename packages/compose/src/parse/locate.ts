import type { MappingNode, Node, SequenceNode } from './node.ts'

/** Where in a document an element is, and how many steps of the path led there. */
export interface Found {
  readonly line: number
  readonly column: number
  readonly depth: number
}

/** The place of the deepest element of `path` that the document has: of its key, or of the item in a list. */
export function locateInDocument(document: Node, path: readonly (string | number)[]): Found {
  let node: Node = document
  let found: Found = { line: document.line, column: document.column, depth: 0 }
  for (const step of path) {
    const target: Node = node.kind === 'alias' ? node.target : node
    if (target.kind === 'sequence') {
      const item: Node | undefined = /^\d+$/.test(String(step))
        ? target.items[Number(step)]
        : findItem(target, String(step))
      if (item === undefined) return found
      node = item
      found = { line: item.line, column: item.column, depth: found.depth + 1 }
      continue
    }
    if (target.kind !== 'mapping') return found
    const entry = findEntry(target, String(step), 0)
    if (entry === undefined) return found
    node = entry.value
    found = { line: entry.key.line, column: entry.key.column, depth: found.depth + 1 }
  }
  return found
}

/** The item that names something in the short form of a mapping: `name`, or `name=value`. */
function findItem(sequence: SequenceNode, name: string): Node | undefined {
  return sequence.items.find((item) => {
    return item.kind === 'scalar' && (item.value === name || item.value.startsWith(`${name}=`))
  })
}

function findEntry(mapping: MappingNode, name: string, depth: number): { key: Node; value: Node } | undefined {
  // Merge keys can name each other in a cycle; the parser has refused that, but its refusal is located here too.
  if (depth > 20) return undefined
  let merged: Node | undefined
  for (let index = 0; index < mapping.keys.length; index++) {
    const key = mapping.keys[index] as Node
    const value = mapping.values[index] as Node
    if (key.kind !== 'scalar') continue
    if (key.value === name) return { key, value }
    if (key.value === '<<') merged = value
  }
  const sources = merged === undefined ? [] : merged.kind === 'sequence' ? merged.items : [merged]
  for (const source of sources) {
    const target = source.kind === 'alias' ? source.target : source
    const entry = target.kind === 'mapping' ? findEntry(target, name, depth + 1) : undefined
    if (entry !== undefined) return entry
  }
  return undefined
}
