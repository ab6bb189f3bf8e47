// Makes dist/: the bundle that bin/windflow starts, the list of files it was made from, and its compile cache.
import { spawnSync } from 'node:child_process'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')

const rolldown = await import('rolldown').catch(() => undefined)
if (!rolldown) {
  console.log('windflow: no bundler installed, the sources will be run as they are')
  process.exit(0)
}
const made = join(root, `dist.${process.pid}`)
try {
  const inputs = await bundle(rolldown.rolldown, made)
  await writeFile(join(made, 'inputs.sh'), freshness(inputs))
  await mkdir(join(made, 'cache'), { mode: 0o700 })
  await rm(dist, { recursive: true, force: true })
  await rename(made, dist)
} finally {
  await rm(made, { recursive: true, force: true })
}
warm()

/** Bundles to CommonJS: its built-in modules load an order of magnitude faster than through ESM. */
async function bundle(rolldown: typeof import('rolldown').rolldown, dir: string): Promise<readonly string[]> {
  const build = await rolldown({
    input: { windflow: join(root, 'cli/src/main.ts') },
    platform: 'node',
    logLevel: 'warn',
    plugins: [
      {
        name: 'without-child-processes',
        // commander can start other programs as commands; WindFlow never does, and loading the module takes 2 ms.
        resolveId(source, importer) {
          return source === 'node:child_process' && importer?.includes('/commander/')
            ? '\0no-child-processes'
            : undefined
        },
        load(id) {
          return id === '\0no-child-processes' ? 'export default {}' : undefined
        },
      },
    ],
  })
  const { output } = await build.write({
    dir,
    format: 'cjs',
    minify: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
  })
  await build.close()
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []))
  return modules
    .filter((id) => id.startsWith(`${root}/`) && !id.includes('/node_modules/'))
    .map((id) => relative(root, id))
}

/** Shell lines that return 1 as soon as an input is newer than the bundle; sourced by bin/windflow. */
function freshness(inputs: readonly string[]): string {
  const tests = inputs.map((file) => `[ "$root/${file}" -nt "$bundle" ] && return 1`)
  return `# Made by cli/build.ts: false when the bundle is older than what it was made from.\n${tests.join('\n')}\nreturn 0\n`
}

/** Runs what is used most, once, so that its compiled code is there at the first start. */
function warm(): void {
  const launcher = join(root, 'bin/windflow')
  const { NODE_COMPILE_CACHE: _, ...env } = process.env
  spawnSync(launcher, ['--version'], { env, stdio: 'ignore' })
}
