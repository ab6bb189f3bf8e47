import { Type } from 'typebox'
import { Id, PageQuery, pageOf, toPage } from '../http/page.ts'
import type { App } from '../http/types.ts'
import { checkIfMatch, closed, etag } from '../http/validation.ts'
import { Time } from '../identity/schema.ts'
import { SHORTEST } from './redactor.ts'
import type { Secrets } from './secrets.ts'

const view = { id: Id, name: Type.String(), description: Type.String(), version: Type.Integer(), createdAt: Time }
const SecretView = closed(view)
const SecretDetail = closed({ ...view, usedBy: Type.Array(closed({ id: Id, name: Type.String() })) })
const SecretName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' })
/** Stored as it is given; 64 KiB as a Kubernetes secret or a certificate chain needs. */
const SecretValue = Type.String({ minLength: SHORTEST, maxLength: 65_536 })
const ById = closed({ id: Id })

export function secretRoutes(app: App, secrets: Secrets): void {
  app.get(
    '/secrets',
    {
      config: { permission: 'secret:list', scope: 'organization' },
      schema: { summary: 'Names of secrets', querystring: closed(PageQuery), response: { 200: pageOf(SecretView) } },
    },
    async (request) =>
      toPage(await secrets.page(request.scope, request.query), request.query.limit, (row) => row.id, secretView),
  )

  app.get(
    '/secrets/:id',
    {
      config: { permission: 'secret:list', scope: 'organization' },
      schema: { summary: 'A secret and who uses it, without its value', params: ById, response: { 200: SecretDetail } },
    },
    async (request, reply) => {
      const secret = await secrets.get(request.scope, request.params.id)
      return reply.header('etag', etag(secret.revision)).send(detail(secret))
    },
  )

  app.post(
    '/secrets',
    {
      config: { permission: 'secret:write', scope: 'organization', audit: 'secret.create' },
      schema: {
        summary: 'Create a secret',
        body: closed({
          name: SecretName,
          description: Type.String({ maxLength: 500, default: '' }),
          value: SecretValue,
        }),
        response: { 201: SecretDetail },
      },
    },
    async (request, reply) => {
      const secret = await secrets.create(request.scope, request.body)
      return reply.code(201).header('etag', etag(secret.revision)).send(detail(secret))
    },
  )

  app.post(
    '/secrets/:id/versions',
    {
      config: { permission: 'secret:write', scope: 'organization', audit: 'secret.version' },
      schema: {
        summary: 'Give a secret a new value',
        params: ById,
        body: closed({ value: SecretValue }),
        response: { 201: SecretDetail },
      },
    },
    async (request, reply) => {
      const check = (revision: number): void => checkIfMatch(request.headers['if-match'], revision)
      const secret = await secrets.addVersion(request.scope, request.params.id, request.body.value, check)
      return reply.code(201).header('etag', etag(secret.revision)).send(detail(secret))
    },
  )

  app.delete(
    '/secrets/:id',
    {
      config: { permission: 'secret:write', scope: 'organization', audit: 'secret.delete' },
      schema: { summary: 'Delete a secret nobody uses', params: ById, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await secrets.delete(request.scope, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

interface Row {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly latest_version: number
  readonly created_at: Date
}

function secretView({ id, name, description, latest_version: version, created_at }: Row) {
  return { id, name, description, version, createdAt: created_at.toISOString() }
}

function detail(row: Row & { readonly usedBy: { id: string; name: string }[] }) {
  return { ...secretView(row), usedBy: row.usedBy }
}
