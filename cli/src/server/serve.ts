import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { EngineError } from '@windflow/engine'
import type { CommandContext } from '../context.ts'

type Backend = typeof import('@windflow/backend')

/**
 * The server's code is read from its sources when it is needed, and is no part of the command line's bundle: it is large,
 * it finds its extensions beside itself, and most commands never need it.
 */
export async function loadBackend(env: CommandContext['env']): Promise<Backend> {
  keepCompiled(env)
  for (const up of ['..', '../..', '../../..']) {
    const main = join(import.meta.dirname, up, 'backend/app/main.ts')
    if (!process.getBuiltinModule('node:fs').existsSync(main)) continue
    return (await import(pathToFileURL(main).href)) as Backend
  }
  throw new EngineError('cli/no-backend', 'the server is not part of this installation', {
    class: 'user',
    hint: 'install WindFlow whole',
  })
}

/** Compiled code of the sources is kept where only this user can write: the second start needs half the time and memory. */
function keepCompiled(env: CommandContext['env']): void {
  const { enableCompileCache, getCompileCacheDir } = process.getBuiltinModule('node:module')
  const cache = env.XDG_CACHE_HOME || (env.HOME ? join(env.HOME, '.cache') : undefined)
  if (getCompileCacheDir() === undefined && cache !== undefined) enableCompileCache(join(cache, 'windflow', 'compile'))
}

/** Starts the server and stays until it is told to stop: once in order, twice at once. */
export async function serve(context: CommandContext): Promise<number> {
  const backend = await loadBackend(context.env)
  const serving = await backend.serve(context.env, context.version).catch((error: unknown) => {
    if (!(error instanceof backend.BootError)) throw error
    throw new EngineError('serve/boot', error.message, { class: 'user' })
  })
  context.streams.out(`WindFlow ${context.version} listens on ${serving.address}\n`)
  const { setupToken } = serving.server
  if (setupToken !== undefined) {
    context.streams.out(
      `Nobody can sign in yet. Set it up, within a day and once, at:\n  ${serving.address}/setup#${setupToken}\n`,
    )
  }
  const { promise, resolve } = Promise.withResolvers<number>()
  let asked = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (asked) return resolve(1)
      asked = true
      context.streams.err('stopping: operations end or are handed over\n')
      serving.stop().then(
        () => resolve(0),
        () => resolve(1),
      )
    })
  }
  return promise
}
