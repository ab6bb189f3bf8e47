import { Type } from 'typebox'
import { Id, PageQuery, pageOf, toPage } from '../http/page.ts'
import type { App } from '../http/types.ts'
import { checkIfMatch, closed, etag } from '../http/validation.ts'
import { checkStack } from './check.ts'
import type { StackRow, StackVersion } from './repository.ts'
import {
  DiagnosticView,
  NewStack,
  NewVersion,
  StackContent,
  StackDetail,
  StackName,
  StackView,
  VersionSummary,
  VersionView,
} from './schema.ts'
import type { Stacks, StackWithVersion } from './stacks.ts'

const ById = closed({ id: Id })
const ByVersion = closed({ id: Id, number: Type.Integer({ minimum: 1, maximum: 1e9 }) })
const read = { permission: 'stack:read', scope: 'organization' } as const
const write = { permission: 'stack:write', scope: 'organization' } as const
/** Several files of up to a megabyte, as JSON. */
const BODY_LIMIT = 6 * 1024 * 1024

export function stackRoutes(app: App, stacks: Stacks): void {
  app.get(
    '/stacks',
    {
      config: read,
      schema: {
        summary: 'Stacks',
        querystring: closed({ ...PageQuery, search: Type.Optional(Type.String({ maxLength: 100 })) }),
        response: { 200: pageOf(StackView) },
      },
    },
    async (request) => {
      const rows = await stacks.page(request.scope, request.query.search, request.query)
      return toPage(rows, request.query.limit, (row) => row.id, stackView)
    },
  )

  app.post(
    '/stacks',
    {
      bodyLimit: BODY_LIMIT,
      config: { ...write, audit: 'stack.create' },
      schema: { summary: 'Create a stack with its first version', body: NewStack, response: { 201: StackDetail } },
    },
    async (request, reply) => {
      const made = await stacks.create(request.scope, request.body)
      return reply.code(201).header('etag', etag(made.stack.revision)).send(stackDetail(made))
    },
  )

  app.post(
    '/stacks/check',
    {
      bodyLimit: BODY_LIMIT,
      config: { ...read, audit: false },
      schema: {
        summary: 'Check the files of a stack without storing them; refused with every problem',
        body: StackContent,
        response: {
          200: closed({
            digest: Type.String(),
            entry: Type.Array(Type.String()),
            warnings: Type.Array(DiagnosticView),
          }),
        },
      },
    },
    async (request) => checkStack(request.body),
  )

  app.get(
    '/stacks/:id',
    {
      config: read,
      schema: { summary: 'A stack with its newest version', params: ById, response: { 200: StackDetail } },
    },
    async (request, reply) => {
      const found = await stacks.get(request.scope, request.params.id)
      return reply.header('etag', etag(found.stack.revision)).send(stackDetail(found))
    },
  )

  app.patch(
    '/stacks/:id',
    {
      config: { ...write, audit: 'stack.update' },
      schema: {
        summary: 'Rename or describe a stack',
        params: ById,
        body: closed({ name: Type.Optional(StackName), description: Type.Optional(Type.String({ maxLength: 1000 })) }),
        response: { 200: StackView },
      },
    },
    async (request, reply) => {
      const check = (revision: number): void => checkIfMatch(request.headers['if-match'], revision)
      const stack = await stacks.update(request.scope, request.params.id, request.body, check)
      return reply.header('etag', etag(stack.revision)).send(stackView(stack))
    },
  )

  app.delete(
    '/stacks/:id',
    {
      config: { permission: 'stack:delete', scope: 'organization', audit: 'stack.delete' },
      schema: { summary: 'Delete a stack without deployments', params: ById, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await stacks.delete(request.scope, request.params.id)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/stacks/:id/versions',
    {
      config: read,
      schema: {
        summary: 'Versions, newest first',
        params: ById,
        querystring: closed(PageQuery),
        response: { 200: pageOf(VersionSummary) },
      },
    },
    async (request) => {
      const rows = await stacks.versions(request.scope, request.params.id, request.query)
      return toPage(rows, request.query.limit, (row) => String(row.number), versionSummary)
    },
  )

  app.post(
    '/stacks/:id/versions',
    {
      bodyLimit: BODY_LIMIT,
      config: { ...write, audit: 'stack.version' },
      schema: { summary: 'Add a version', params: ById, body: NewVersion, response: { 201: StackDetail } },
    },
    async (request, reply) => {
      const check = (revision: number): void => checkIfMatch(request.headers['if-match'], revision)
      const made = await stacks.addVersion(request.scope, request.params.id, request.body, check)
      return reply.code(201).header('etag', etag(made.stack.revision)).send(stackDetail(made))
    },
  )

  app.get(
    '/stacks/:id/versions/:number',
    {
      config: read,
      schema: { summary: 'One version with its files', params: ByVersion, response: { 200: VersionView } },
    },
    async (request) => versionView(await stacks.version(request.scope, request.params.id, request.params.number)),
  )
}

function stackView({ id, name, description, latest_version: latestVersion, created_at }: StackRow) {
  return { id, name, description, latestVersion, createdAt: created_at.toISOString() }
}

function versionSummary({
  number,
  digest,
  note,
  created_by,
  created_at,
}: Pick<StackVersion, 'number' | 'digest' | 'note' | 'created_by' | 'created_at'>) {
  return {
    number,
    digest,
    note,
    createdAt: created_at.toISOString(),
    ...(created_by === null ? {} : { createdBy: created_by }),
  }
}

function versionView(version: StackVersion) {
  const { files, entry, variables } = version
  return { ...versionSummary(version), files, entry, variables }
}

function stackDetail({ stack, version, warnings }: StackWithVersion) {
  return { ...stackView(stack), version: versionView(version), warnings }
}
