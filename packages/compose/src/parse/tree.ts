import { describeKind, newTree, type Tree, type Value } from '../tree/value.ts'
import { type AliasNode, type MappingNode, type Node, YamlError } from './node.ts'
import { resolveScalar } from './resolve.ts'

/** Values that one document may hold after its aliases have been followed. */
const MAX_VALUES = 200_000

/** A document with its anchors followed and its merge keys merged. */
export interface ParsedTree {
  readonly value: Value
  /** Places of `!reset` and `!override`: what earlier files say there is dropped. */
  readonly resets: readonly (readonly string[])[]
}

/** Resolves a document as written to values. Throws YamlError, with all duplicate keys of the document at once. */
export function buildTree(document: Node): { tree: ParsedTree; errors: YamlError[] } {
  const builder = new TreeBuilder()
  const value = builder.build(document, [])
  return { tree: { value, resets: builder.resets }, errors: builder.errors }
}

/** Stands for a value tagged `!reset`, which its parent leaves out. */
const DROPPED = Symbol('dropped')

class TreeBuilder {
  readonly resets: string[][] = []
  readonly errors: YamlError[] = []
  readonly #checked = new Set<MappingNode>()
  readonly #open = new Set<Node>()
  #values = 0
  #aliased = 0
  #aliasDepth = 0
  /** Inside of `!override` tags mean nothing more: all of it replaces what was there. */
  #overriding = false

  build(node: Node, path: string[]): Value {
    const value = this.#value(node, path)
    return value === DROPPED ? null : value
  }

  #value(node: Node, path: string[]): Value | typeof DROPPED {
    this.#count(node)
    if (node.kind === 'alias') {
      return this.#inAlias(node, () => this.#value(node.target, path))
    }
    if (this.#overriding) return this.#content(node, path)
    if (node.tag === '!reset') {
      this.resets.push([...path])
      return DROPPED
    }
    if (node.tag !== '!override') return this.#content(node, path)
    this.resets.push([...path])
    this.#overriding = true
    const value = this.#content(node, path)
    this.#overriding = false
    return value
  }

  #content(node: Exclude<Node, AliasNode>, path: string[]): Value {
    if (node.kind === 'scalar') return resolveScalar(node)
    if (this.#open.has(node)) this.#failCycle(node)
    this.#open.add(node)
    const value = node.kind === 'sequence' ? this.#list(node.items, path) : this.#mapping(node, path)
    this.#open.delete(node)
    return value
  }

  #list(items: readonly Node[], path: string[]): Value[] {
    const list: Value[] = []
    for (let index = 0; index < items.length; index++) {
      path.push(String(index))
      const value = this.#value(items[index] as Node, path)
      path.pop()
      if (value !== DROPPED) list.push(value)
    }
    return list
  }

  #mapping(node: MappingNode, path: string[]): Tree {
    this.#checkKeys(node)
    const tree = newTree()
    const merges = this.#entries(node, path, tree, undefined)
    if (merges === undefined) return tree
    this.#merge(merges, path, tree, new Set(Object.keys(tree)))
    return tree
  }

  /** Puts the entries into `tree`, but those in `seen`; gives the value of the merge key. */
  #entries(node: MappingNode, path: string[], tree: Tree, seen: Set<string> | undefined): Node | undefined {
    let merges: Node | undefined
    for (let index = 0; index < node.keys.length; index++) {
      const keyNode = node.keys[index] as Node
      const valueNode = node.values[index] as Node
      if (isMergeKey(keyNode)) {
        merges = valueNode
        continue
      }
      const key = this.#key(keyNode, path)
      if (key === undefined) continue
      if (seen !== undefined) {
        if (seen.has(key)) continue
        seen.add(key)
      }
      path.push(key)
      const value = this.#value(valueNode, path)
      path.pop()
      if (value !== DROPPED) tree[key] = value
    }
    return merges
  }

  #merge(node: Node, path: string[], tree: Tree, seen: Set<string>): void {
    if (node.kind === 'sequence') {
      for (const item of node.items) this.#mergeOne(item, path, tree, seen)
      return
    }
    if (node.kind === 'alias' && node.target.kind === 'sequence') {
      this.#inAlias(node, () => this.#merge(node.target, path, tree, seen))
      return
    }
    this.#mergeOne(node, path, tree, seen)
  }

  #mergeOne(node: Node, path: string[], tree: Tree, seen: Set<string>): void {
    this.#count(node)
    const source = node.kind === 'alias' ? node.target : node
    if (source.kind !== 'mapping') {
      const message = `'<<' takes a mapping or a list of mappings, not ${source.kind === 'sequence' ? 'a list' : describeKind(resolveScalar(source))}`
      throw new YamlError('parse/merge-key', node.line, node.column, message, 'Name an anchor of a mapping')
    }
    if (this.#open.has(source)) this.#failCycle(node)
    this.#open.add(source)
    this.#checkKeys(source)
    if (node.kind === 'alias') this.#aliasDepth++
    const merges = this.#entries(source, path, tree, seen)
    if (merges !== undefined) this.#merge(merges, path, tree, seen)
    if (node.kind === 'alias') this.#aliasDepth--
    this.#open.delete(source)
  }

  #inAlias<T>(node: Node, action: () => T): T {
    if (node.kind === 'alias' && this.#open.has(node.target)) this.#failCycle(node)
    this.#aliasDepth++
    const result = action()
    this.#aliasDepth--
    return result
  }

  #failCycle(node: Node): never {
    throw new YamlError(
      'parse/alias-cycle',
      node.line,
      node.column,
      'this anchor contains itself',
      'Remove the alias inside it',
    )
  }

  #key(node: Node, path: readonly string[]): string | undefined {
    const target = node.kind === 'alias' ? node.target : node
    const value = target.kind === 'scalar' ? resolveScalar(target) : undefined
    if (typeof value === 'string') return value
    const text = target.kind === 'scalar' ? `'${target.value}'` : `a ${target.kind}`
    const where = path.length === 0 ? '' : ` of ${path.join('.')}`
    const message = `${text} is not a text, and so cannot be a key${where}`
    this.errors.push(new YamlError('parse/key', node.line, node.column, message, 'Put the key in quotes'))
    return undefined
  }

  #checkKeys(node: MappingNode): void {
    if (this.#checked.has(node)) return
    this.#checked.add(node)
    const lines = new Map<string, number>()
    for (const key of node.keys) {
      const text = key.kind === 'scalar' ? key.value : key.kind === 'alias' ? key.name : ''
      const line = lines.get(text)
      if (line === undefined) {
        lines.set(text, key.line)
        continue
      }
      const message = `the key '${text}' is already on line ${line}`
      this.errors.push(new YamlError('parse/duplicate-key', key.line, key.column, message, 'Keep one of the two'))
    }
  }

  /** Bounds what aliases expand to, by the proportion that Docker Compose allows and by the whole. */
  #count(node: Node): void {
    this.#values++
    if (this.#aliasDepth > 0) this.#aliased++
    const excessive = this.#aliased > 100 && this.#values > 1000 && this.#aliased / this.#values > 0.99
    if (!excessive && this.#values <= MAX_VALUES) return
    const message = 'the aliases of this file expand to too many values'
    throw new YamlError('parse/alias-bomb', node.line, node.column, message, 'Use fewer aliases inside aliased values')
  }
}

function isMergeKey(node: Node): boolean {
  return node.kind === 'scalar' && node.value === '<<' && (node.tag === '!!merge' || (node.plain && node.tag === ''))
}
