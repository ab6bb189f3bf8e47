import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One situation that Docker Compose and this package must answer alike. */
export interface Case {
  readonly name: string
  /** Options of the command line, before `config`. */
  readonly args: readonly string[]
  /** Variables of the process, beside HOME. */
  readonly env: Readonly<Record<string, string>>
  /** Files by their path below the folder of the case. */
  readonly files: Readonly<Record<string, string>>
}

/**
 * What Docker Compose answered: the model and the hashes of its services, or that it refuses. `error` is for the reader.
 */
export type Answer =
  | { readonly model: unknown; readonly hash: Readonly<Record<string, string>> }
  | { readonly error: string }

export const CASES = join(import.meta.dirname, 'cases')

/** Hashes and paths are absolute: each case lives below this folder, for Docker Compose and for the tests. */
export const CASE_ROOT = '/tmp/windflow-compose-cases'
export const CASE_HOME = '/home/somebody'

/**
 * The cases of a bundle: a text in which `=== name options` begins a case, an option NAME=value being a variable of the
 * process, and `--- path` a file of it.
 */
export function parseBundle(text: string): Case[] {
  const cases: Case[] = []
  for (const part of text.split(/^=== /m).slice(1)) {
    const [head = '', ...sections] = part.split(/^--- (?=\S+$)/m)
    const [name = '', ...words] = head.trim().split(/\s+/)
    const isVariable = (word: string) => /^[A-Z_]+=/.test(word)
    const files = sections.map((section) => {
      const end = section.indexOf('\n')
      return [section.slice(0, end), section.slice(end + 1)]
    })
    const env = words
      .filter(isVariable)
      .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])
    cases.push({
      name,
      args: words.filter((word) => !isVariable(word)),
      env: Object.fromEntries(env),
      files: Object.fromEntries(files),
    })
  }
  return cases
}

export function bundleNames(): string[] {
  return readdirSync(CASES)
    .filter((file) => file.endsWith('.cases'))
    .map((file) => file.slice(0, -'.cases'.length))
    .sort()
}

export function readBundle(name: string): Case[] {
  return parseBundle(readFileSync(join(CASES, `${name}.cases`), 'utf8'))
}

export function readAnswers(name: string): Record<string, Answer> {
  return JSON.parse(readFileSync(join(CASES, `${name}.expected.json`), 'utf8'))
}
