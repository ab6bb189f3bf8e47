// Makes dist/: the bundle that bin/windflow starts, the list of files it was made from, and its compile cache.
// With --optional (after `npm ci`) a bundle that cannot be made is no error: the sources run as they are.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InputOptions } from 'rolldown'
import { lateBuiltins } from './late-builtins.ts'
import { warm } from './warm.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const dist = join(root, 'dist')

try {
  await build()
} catch (error) {
  console.error(`windflow: no bundle was made: ${error instanceof Error ? error.message : error}`)
  if (process.argv.includes('--optional'))
    console.error('windflow: the sources will run as they are, which takes longer to start')
  else process.exitCode = 1
}

/** Beside the old one and then in its place, so that a command that starts meanwhile finds one or the other. */
async function build(): Promise<void> {
  const draft = join(root, `dist.${process.pid}`)
  const old = join(root, `dist.${process.pid}.old`)
  try {
    const inputs = await bundle(draft)
    await writeFile(join(draft, 'inputs.sh'), freshness(inputs))
    await mkdir(join(draft, 'cache'), { mode: 0o700 })
    await rename(dist, old).catch(() => undefined)
    await rename(draft, dist)
  } finally {
    await rm(draft, { recursive: true, force: true })
    await rm(old, { recursive: true, force: true })
  }
  await warm(join(root, 'bin/windflow'))
}

/** Bundles to CommonJS: there, built-in modules load an order of magnitude faster than through ESM. */
async function bundle(dir: string): Promise<readonly string[]> {
  const { rolldown } = await import('rolldown')
  const imports = new Map<string, readonly string[]>()
  const input = {
    input: { windflow: source('main') },
    platform: 'node',
    logLevel: 'warn',
    preserveEntrySignatures: false,
    // Optional accelerators of ssh2, compiled on the machine where there is a compiler.
    external: [/\.node$/, 'cpu-features'],
    plugins: [
      lateBuiltins(),
      { name: 'imports', moduleParsed: ({ id, importedIds }) => void imports.set(id, importedIds) },
    ],
  } satisfies InputOptions
  const scanned = await rolldown(input)
  await scanned.generate()
  await scanned.close()
  const groups = loadedTogether(imports)
  const made = await rolldown({ ...input, checks: { ineffectiveDynamicImport: false } })
  const { output } = await made.write({
    dir,
    format: 'cjs',
    minify: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
    codeSplitting: { groups, includeDependenciesRecursively: false },
  })
  await made.close()
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []))
  return modules
    .filter((id) => id.startsWith(`${root}/`) && !id.includes('/node_modules/'))
    .map((id) => relative(root, id))
}

function source(name: string): string {
  return join(root, 'cli/src', `${name}.ts`)
}

/**
 * Modules that are always loaded together go in one file: finding a file and reading it costs more than what is in it.
 * One for what every command with Compose files needs, one for what a deployment needs beside it.
 */
function loadedTogether(imports: ReadonlyMap<string, readonly string[]>) {
  const closure = (id: string, found = new Set<string>()): Set<string> => {
    if (!found.has(id)) for (const imported of imports.get(id) ?? []) closure(imported, found.add(id))
    return found.add(id)
  }
  const first = closure(source('main'))
  const files = closure(source('compose/config')).difference(first)
  const deploy = closure(source('compose/up')).difference(first).difference(files)
  return [
    { name: 'files', test: (id: string) => files.has(id) },
    { name: 'deploy', test: (id: string) => deploy.has(id) },
  ]
}

/** Shell lines that return 1 as soon as an input is newer than the bundle; read by bin/windflow. */
function freshness(inputs: readonly string[]): string {
  const tests = inputs.map((file) => `[ "$root/${file}" -nt "$bundle" ] && return 1`)
  return `# Made by cli/bundle/build.ts: false when the bundle is older than what it was made from.\n${tests.join('\n')}\nreturn 0\n`
}
