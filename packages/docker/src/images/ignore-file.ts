import { posix } from 'node:path'
import { EngineError } from '@windflow/engine'

interface Rule {
  readonly pattern: string
  readonly negated: boolean
  readonly expression: RegExp
}

/** Which rules hold for a folder; handed down, so that a rule for a folder holds for all that is in it. */
export type Inherited = readonly boolean[]

/**
 * The rules of a `.dockerignore` file. The last rule that holds for a path, or for a folder it is in, decides.
 * Paths are relative to the context, with `/`.
 */
export class IgnoreFile {
  readonly #rules: readonly Rule[]

  /** @throws EngineError `dockerignore-invalid`, class user
   * @param file for messages */
  constructor(text: string, file: string) {
    const rules: Rule[] = []
    for (const [index, raw] of text
      .replace(/^\uFEFF/, '')
      .split('\n')
      .entries()) {
      if (raw.startsWith('#')) continue
      const line = raw.trim()
      const negated = line.startsWith('!')
      const pattern = cleaned(negated ? line.slice(1).trim() : line)
      if (pattern === '') {
        if (negated) throw invalid(file, index, line)
        continue
      }
      try {
        rules.push({ pattern, negated, expression: expressionOf(pattern) })
      } catch {
        throw invalid(file, index, line)
      }
    }
    this.#rules = rules
  }

  /** @param inherited what the parent folder's call returned; absent for what lies at the top */
  match(path: string, inherited?: Inherited): { readonly ignored: boolean; readonly inherited: Inherited } {
    let ignored = false
    const holds = this.#rules.map(({ negated, expression }, index) => {
      const held = inherited?.[index] === true || expression.test(path)
      if (held) ignored = !negated
      return held
    })
    return { ignored, inherited: holds }
  }

  /** Whether something inside an ignored folder may be taken back by a `!` rule. */
  mayHoldWanted(folder: string): boolean {
    const parts = folder.split('/')
    return this.#rules.some(({ negated, pattern }) => {
      if (!negated) return false
      for (const [index, wanted] of pattern.split('/').entries()) {
        const part = parts[index]
        if (part === undefined || wanted.includes('**')) return true
        if (!expressionOf(wanted).test(part)) return false
      }
      // The rule names this folder or one above: it has been asked already.
      return false
    })
  }
}

function cleaned(pattern: string): string {
  if (pattern === '') return ''
  const path = posix.normalize(pattern).replace(/\/+$/, '')
  return path.startsWith('/') ? path.slice(1) : path
}

/** Go's filepath.Match, and `**` for any number of folders, also none. */
function expressionOf(pattern: string): RegExp {
  const rest = pattern.slice(2)
  // Docker reads `**.log` as "ends with .log", at any depth.
  if (pattern.startsWith('**') && rest !== '' && !/^\/|[*?[\]\\]/.test(rest))
    return new RegExp(`${escaped(rest)}$`, 's')
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? ''
    if (character === '*' && pattern[at + 1] === '*') {
      at++
      if (pattern[at + 1] === '/') at++
      source += at + 1 >= pattern.length ? '.*' : '(?:.*/)?'
    } else if (character === '*') source += '[^/]*'
    else if (character === '?') source += '[^/]'
    else if (character === '\\' && at + 1 < pattern.length) source += escaped(pattern[++at] ?? '')
    else if (character === '[') {
      const end = pattern.indexOf(']', at + 2)
      if (end < 0) throw new SyntaxError('missing ]')
      const set = pattern.slice(at + 1, end)
      source += `[${set.startsWith('^') ? '^' : ''}${set.replace(/^\^/, '').replace(/[[\]]/g, '\\$&')}]`
      at = end
    } else source += escaped(character)
  }
  return new RegExp(`^${source}$`, 's')
}

function escaped(text: string): string {
  return text.replace(/[.+^${}()|[\]\\/*?]/g, '\\$&')
}

function invalid(file: string, index: number, line: string): EngineError {
  return new EngineError('dockerignore-invalid', `${file}:${index + 1}: "${line}" is not a valid pattern`, {
    class: 'user',
    hint: 'patterns are like those of a shell: * ? [a-z] \\x and ** for folders at any depth',
  })
}
