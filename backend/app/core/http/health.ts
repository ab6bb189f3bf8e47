import { statfs } from 'node:fs/promises'
import { Type } from 'typebox'
import type { App } from './types.ts'
import { closed } from './validation.ts'

export interface Dependency {
  readonly name: string
  /** Rejects when it does not answer. */
  check(): Promise<void>
}

const CHECK_MS = 2000
/** Below this PostgreSQL is close to stopping for lack of room; readiness says so before it does. */
const LOW_DISK_BYTES = 256 * 1024 * 1024

/** Free space under the data folder, in bytes: a full disk is told before the database stops. */
export function diskDependency(folder: string): Dependency {
  return {
    name: 'disk',
    check: async () => {
      const { bavail, bsize } = await statfs(folder)
      const free = bavail * bsize
      if (free < LOW_DISK_BYTES)
        throw new Error(`only ${Math.floor(free / 1024 / 1024)} MB left in ${folder}: make room`)
    },
  }
}

const Status = Type.Union([Type.Literal('ok'), Type.Literal('failing')])
const Live = closed({ status: Type.Literal('ok') })
const Ready = closed({
  status: Status,
  dependencies: Type.Record(Type.String(), closed({ status: Status, reason: Type.Optional(Type.String()) })),
})

/** `live`: the process turns. `ready`: it and each thing it depends on can serve; 503 with the reason otherwise. */
export function healthRoutes(app: App, dependencies: readonly Dependency[]): void {
  const config = { permission: 'public', scope: 'none' } as const
  app.get(
    '/api/health/live',
    { config, schema: { summary: 'The process is alive', response: { 200: Live } } },
    async () => ({
      status: 'ok' as const,
    }),
  )
  app.get(
    '/api/health/ready',
    { config, schema: { summary: 'The server and each dependency can serve', response: { 200: Ready, 503: Ready } } },
    async (_request, reply) => {
      const results = await Promise.all(
        dependencies.map(async ({ name, check }) => [name, await outcome(check)] as const),
      )
      const status = results.every(([, result]) => result.status === 'ok') ? ('ok' as const) : ('failing' as const)
      return reply.code(status === 'ok' ? 200 : 503).send({ status, dependencies: Object.fromEntries(results) })
    },
  )
}

async function outcome(check: () => Promise<void>): Promise<{ status: 'ok' | 'failing'; reason?: string }> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS / 1000} s`)), CHECK_MS)
  try {
    await Promise.race([check(), late])
    return { status: 'ok' }
  } catch (error) {
    return { status: 'failing', reason: error instanceof Error ? error.message : String(error) }
  } finally {
    clearTimeout(timer)
  }
}
