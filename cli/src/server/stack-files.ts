import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, relative, resolve } from 'node:path'
import { EngineError } from '@windflow/engine'

export interface SentFile {
  readonly path: string
  readonly content: string
  readonly encoding: 'utf8' | 'base64'
}

const COMPOSE_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']
const LEFT_OUT = new Set(['.git', 'node_modules', '.windflow', '.env'])
const MAX_FILES = 200

/**
 * The files of a stack below a folder, as the server takes them. `.env` stays here: its values belong to a deployment.
 * @param given Compose files; the folder's own when none
 */
export function stackFiles(
  cwd: string,
  folder: string,
  given: readonly string[],
): { readonly files: SentFile[]; readonly entry: string[] } {
  const root = resolve(cwd, folder)
  const files: SentFile[] = []
  const walk = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (LEFT_OUT.has(entry.name)) continue
      const full = join(path, entry.name)
      if (entry.isDirectory()) walk(full)
      else if (statSync(full).isFile()) files.push(sent(root, full))
    }
    if (files.length > MAX_FILES) {
      throw new EngineError('cli/too-many-files', `more than ${MAX_FILES} files below ${root}`, {
        class: 'user',
        hint: 'name a folder that holds the stack alone',
      })
    }
  }
  walk(root)
  const names = files.map(({ path }) => path)
  const entry = given.map((file) => inside(root, resolve(cwd, file)))
  if (entry.length > 0) return { files, entry }
  const found = COMPOSE_NAMES.find((name) => names.includes(name))
  if (found !== undefined) return { files, entry: [found] }
  throw new EngineError('cli/no-compose-file', `there is no Compose file in ${root}`, {
    class: 'user',
    hint: `create ${join(basename(root), 'compose.yaml')}, or name one with -f`,
  })
}

function sent(root: string, full: string): SentFile {
  const bytes = readFileSync(full)
  const text = bytes.toString('utf8')
  const path = inside(root, full)
  return Buffer.from(text, 'utf8').equals(bytes)
    ? { path, content: text, encoding: 'utf8' }
    : { path, content: bytes.toString('base64'), encoding: 'base64' }
}

function inside(root: string, full: string): string {
  const path = relative(root, full)
  if (path !== '' && !path.startsWith('..') && !isAbsolute(path)) return path.replaceAll('\\', '/')
  throw new EngineError('cli/outside', `${full} is not below ${root}`, {
    class: 'user',
    hint: 'a stack holds all its files',
  })
}
