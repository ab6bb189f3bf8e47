import { Type } from 'typebox'
import { Id, PageQuery, pageOf, toPage } from '../http/page.ts'
import type { App } from '../http/types.ts'
import { checkIfMatch, closed, etag } from '../http/validation.ts'
import type { TargetRow } from './repository.ts'
import { NewRegistry, NewTarget, RegistryView, type TargetStatusValue, TargetUpdate, TargetView } from './schema.ts'
import type { Targets } from './targets.ts'

const ById = closed({ id: Id })
const read = { permission: 'target:read', scope: 'organization' } as const
const manage = { permission: 'target:manage', scope: 'organization' } as const

export function targetRoutes(app: App, targets: Targets): void {
  app.get(
    '/targets',
    {
      config: read,
      schema: { summary: 'Where things run', querystring: closed(PageQuery), response: { 200: pageOf(TargetView) } },
    },
    async (request) =>
      toPage(await targets.page(request.scope, request.query), request.query.limit, (row) => row.id, targetView),
  )

  app.get(
    '/targets/:id',
    { config: read, schema: { summary: 'A target and its state', params: ById, response: { 200: TargetView } } },
    async (request, reply) => {
      const target = await targets.get(request.scope, request.params.id)
      return reply.header('etag', etag(target.revision)).send(targetView(target))
    },
  )

  app.post(
    '/targets',
    {
      config: { ...manage, audit: 'target.create' },
      schema: { summary: 'Add a target', body: NewTarget, response: { 201: TargetView } },
    },
    async (request, reply) => {
      const target = await targets.create(request.scope, request.who, request.body)
      return reply.code(201).header('etag', etag(target.revision)).send(targetView(target))
    },
  )

  app.patch(
    '/targets/:id',
    {
      config: { ...manage, audit: 'target.update' },
      schema: { summary: 'Change a target', params: ById, body: TargetUpdate, response: { 200: TargetView } },
    },
    async (request, reply) => {
      const check = (revision: number): void => checkIfMatch(request.headers['if-match'], revision)
      const target = await targets.update(request.scope, request.who, request.params.id, request.body, check)
      return reply.header('etag', etag(target.revision)).send(targetView(target))
    },
  )

  app.delete(
    '/targets/:id',
    {
      config: { ...manage, audit: 'target.delete' },
      schema: { summary: 'Remove a target nothing is deployed on', params: ById, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await targets.delete(request.scope, request.params.id)
      return reply.code(204).send(null)
    },
  )

  const registries = { permission: 'registry:manage', scope: 'organization' } as const
  app.get(
    '/registries',
    {
      config: registries,
      schema: {
        summary: 'Registries with credentials',
        response: { 200: closed({ items: Type.Array(RegistryView) }) },
      },
    },
    async (request) => ({ items: (await targets.registries(request.scope)).map(registryView) }),
  )

  app.put(
    '/registries',
    {
      config: { ...registries, audit: 'registry.put' },
      schema: { summary: 'Set the credentials of a registry', body: NewRegistry, response: { 200: RegistryView } },
    },
    async (request) => registryView(await targets.putRegistry(request.scope, request.body)),
  )

  app.delete(
    '/registries/:id',
    {
      config: { ...registries, audit: 'registry.delete' },
      schema: { summary: 'Forget the credentials of a registry', params: ById, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await targets.deleteRegistry(request.scope, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

function targetView(row: TargetRow) {
  const { id, name, kind, connection, concurrency } = row
  return {
    id,
    name,
    kind,
    connection,
    concurrency,
    hasCredentials: row.credentials !== null,
    // Only workers write it, in this form.
    status: row.status as TargetStatusValue,
    createdAt: row.created_at.toISOString(),
  }
}

function registryView(row: { id: string; host: string; username: string; created_at: Date }) {
  return { id: row.id, host: row.host, username: row.username, createdAt: row.created_at.toISOString() }
}
