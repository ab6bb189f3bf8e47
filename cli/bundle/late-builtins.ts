import { createRequire } from 'node:module'
import type { Plugin } from 'rolldown'

/** Built-in modules that take milliseconds to load and that most commands never call. */
const LATE = [
  'node:child_process',
  'node:crypto',
  'node:dns',
  'node:fs/promises',
  'node:https',
  'node:os',
  'node:readline/promises',
  'node:stream/promises',
  'node:timers/promises',
  'node:tls',
  'node:zlib',
]

const PREFIX = '\0late:'

/**
 * Loads some built-in modules at the first call of one of their functions instead of at the import: sources stay as
 * they should be read, with imports on top, and the start of a command does not pay for what it does not use.
 * What is no function (`constants`) is a getter on the default export only; a named import of it fails the build.
 */
export function lateBuiltins(): Plugin {
  return {
    name: 'late-builtins',
    resolveId(source) {
      return LATE.includes(source) ? `${PREFIX}${source}` : undefined
    },
    load(id) {
      return id.startsWith(PREFIX) ? facade(id.slice(PREFIX.length)) : undefined
    },
  }
}

function facade(name: string): string {
  const module: Readonly<Record<string, unknown>> = createRequire(import.meta.url)(name)
  const functions = Object.keys(module).filter((key) => /^[A-Za-z_]\w*$/.test(key) && typeof module[key] === 'function')
  const lines = functions.map(
    (key) =>
      `export function ${key}(...args) { return new.target ? new (load().${key})(...args) : load().${key}(...args) }`,
  )
  return [
    'let loaded',
    `function load() { return (loaded ??= process.getBuiltinModule(${JSON.stringify(name)})) }`,
    ...lines.filter((line) => !line.startsWith('export function default')),
    'export default new Proxy({}, { get: (_, key) => load()[key] })',
  ].join('\n')
}
