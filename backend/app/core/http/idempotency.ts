import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { DomainError } from '../kernel/errors.ts'
import type { App } from './types.ts'

/** Encrypts what is kept: an answer may hold a token that is shown once. */
export interface Sealer {
  seal(text: string, context: string): string
  open(sealed: string, context: string): string
}

const KEPT = "interval '24 hours'"
/** A request that has not ended by then died with its process; the key may be used again. */
const ABANDONED = "interval '60 seconds'"
const CONTEXT = 'idempotency'

declare module 'fastify' {
  interface FastifyRequest {
    idempotencyKey: { readonly principal: string; readonly key: string } | undefined
  }
}

/** `Idempotency-Key` on POST: the same key with the same request gets the same answer, and the work is done once. */
export function installIdempotency(app: App, database: Database, sealer: Sealer): void {
  app.decorateRequest('idempotencyKey', undefined)

  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key']
    if (request.method !== 'POST' || typeof key !== 'string' || request.principal === undefined) return
    if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
      throw new DomainError(
        'invalid',
        'invalid-idempotency-key',
        'Idempotency-Key: use 1 to 200 printable ASCII characters',
      )
    }
    const principal = `${request.principal.kind}/${request.principal.id}`
    const request_hash = createHash('sha256')
      .update(
        `${request.method} ${request.url}\n${request.tenant?.organization ?? ''}\n${JSON.stringify(request.body ?? null)}`,
      )
      .digest('hex')
    const { rows } = await sql`
      insert into idempotency_key (principal, key, request_hash) values (${principal}, ${key}, ${request_hash})
      on conflict (principal, key) do update set request_hash = excluded.request_hash, created_at = now(), status = null, sealed_body = null
        where idempotency_key.created_at < now() - ${sql.raw(KEPT)}
           or (idempotency_key.status is null and idempotency_key.created_at < now() - ${sql.raw(ABANDONED)})
      returning 1
    `.execute(database.query)
    if (rows.length === 1) {
      request.idempotencyKey = { principal, key }
      return
    }
    const known = await database.query
      .selectFrom('idempotency_key')
      .selectAll()
      .where('principal', '=', principal)
      .where('key', '=', key)
      .executeTakeFirst()
    if (known !== undefined && known.request_hash !== request_hash) {
      throw new DomainError('conflict', 'idempotency-key-reused', 'this Idempotency-Key belongs to another request')
    }
    if (known === undefined || known.status === null) {
      throw new DomainError(
        'conflict',
        'request-in-progress',
        'the first request with this Idempotency-Key has not ended yet',
        {
          retryAfterSeconds: 1,
        },
      )
    }
    reply.header('idempotency-replayed', 'true')
    for (const [name, value] of Object.entries(known.headers ?? {})) reply.header(name, value)
    return reply.code(known.status).send(known.sealed_body === null ? null : sealer.open(known.sealed_body, CONTEXT))
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const owned = request.idempotencyKey
    if (owned === undefined) return
    const row = database.query
      .updateTable('idempotency_key')
      .where('principal', '=', owned.principal)
      .where('key', '=', owned.key)
    if (reply.statusCode >= 500 || (payload !== null && payload !== undefined && typeof payload !== 'string')) {
      await database.query
        .deleteFrom('idempotency_key')
        .where('principal', '=', owned.principal)
        .where('key', '=', owned.key)
        .execute()
      return
    }
    const headers: Record<string, string> = {}
    for (const name of ['content-type', 'location', 'etag']) {
      const value = reply.getHeader(name)
      if (typeof value === 'string') headers[name] = value
    }
    await row
      .set({
        status: reply.statusCode,
        sealed_body: typeof payload === 'string' && payload !== '' ? sealer.seal(payload, CONTEXT) : null,
        headers: JSON.stringify(headers),
      })
      .execute()
  })
}
