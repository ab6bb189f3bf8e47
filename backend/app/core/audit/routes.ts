import { Type } from 'typebox'
import type { Database } from '../db/database.ts'
import { PageQuery, pageOf, toPage } from '../http/page.ts'
import type { App } from '../http/types.ts'
import { closed } from '../http/validation.ts'
import { Time } from '../identity/schema.ts'
import { auditRepository } from './repository.ts'
import { verifyChain } from './verify.ts'

const AuditView = closed({
  number: Type.Integer(),
  time: Time,
  actor: Type.Unknown(),
  action: Type.String(),
  subject: Type.String(),
  address: Type.String(),
  requestId: Type.String(),
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
  hash: Type.String(),
})

const Filter = { maxLength: 200 }

export function auditRoutes(app: App, database: Database): void {
  app.get(
    '/audit',
    {
      config: { permission: 'audit:read', scope: 'organization' },
      schema: {
        summary: 'Who did what, newest first',
        querystring: closed({
          ...PageQuery,
          action: Type.Optional(Type.String(Filter)),
          subject: Type.Optional(Type.String(Filter)),
          actor: Type.Optional(Type.String({ ...Filter, description: 'Id of an account' })),
        }),
        response: { 200: pageOf(AuditView) },
      },
    },
    async (request) => {
      const rows = await auditRepository.page(database.query, request.scope, request.query, request.query)
      return toPage(
        rows,
        request.query.limit,
        (row) => String(row.number),
        (row) => ({
          number: row.number,
          time: row.time.toISOString(),
          actor: row.actor,
          action: row.action,
          subject: row.subject,
          address: row.address,
          requestId: row.request_id,
          ...(row.before === null ? {} : { before: row.before }),
          ...(row.after === null ? {} : { after: row.after }),
          hash: row.hash,
        }),
      )
    },
  )

  app.get(
    '/audit/verification',
    {
      config: { permission: 'audit:read', scope: 'organization' },
      schema: {
        summary: 'Whether the trail is as it was written',
        response: {
          200: closed({
            entries: Type.Integer(),
            broken: Type.Optional(closed({ number: Type.Integer(), reason: Type.String() })),
          }),
        },
      },
    },
    async (request) => {
      const heads = await auditRepository.heads(database.query)
      const head = heads.find((one) => one.organization_id === request.scope.organization)
      if (head === undefined) return { entries: 0 }
      const { entries, broken } = await verifyChain(database.query, head)
      return { entries, ...(broken === undefined ? {} : { broken: { ...broken } }) }
    },
  )
}
