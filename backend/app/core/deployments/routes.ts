import { Type } from 'typebox'
import { Id, PageQuery, pageOf, toPage } from '../http/page.ts'
import type { App } from '../http/types.ts'
import { checkIfMatch, closed, etag } from '../http/validation.ts'
import { DomainError } from '../kernel/errors.ts'
import type { Deployments } from './deployments.ts'
import type { Operations } from './operations.ts'
import type { DeploymentRow } from './repository.ts'
import {
  DeploymentDetail,
  DeploymentUpdate,
  DeploymentView,
  DeployRequest,
  type DeployRequestValue,
  DestroyRequest,
  LifecycleRequest,
  NewDeployment,
  type OperationRequest,
  OperationView,
  ReleaseDetail,
  ReleaseView,
  RollbackRequest,
} from './schema.ts'
import { deploymentDetail, deploymentView, operationView, releaseView } from './views.ts'

const ById = closed({ id: Id })
const ByRelease = closed({ id: Id, number: Type.Integer({ minimum: 1, maximum: 1e9 }) })
const read = { permission: 'deployment:read', scope: 'organization' } as const
const write = { permission: 'deployment:write', scope: 'organization' } as const
const operate = { permission: 'deployment:operate', scope: 'organization' } as const
const accepted = { 202: OperationView }

export function deploymentRoutes(app: App, deployments: Deployments, operations: Operations): void {
  app.get(
    '/deployments',
    {
      config: read,
      schema: {
        summary: 'Deployments',
        querystring: closed({
          ...PageQuery,
          stack: Type.Optional(Id),
          target: Type.Optional(Id),
          search: Type.Optional(Type.String({ maxLength: 100 })),
        }),
        response: { 200: pageOf(DeploymentView) },
      },
    },
    async (request) => {
      const rows = await deployments.page(request.scope, request.query, request.query)
      return toPage(rows, request.query.limit, (row) => row.id, deploymentView)
    },
  )

  app.post(
    '/deployments',
    {
      config: { ...write, audit: 'deployment.create' },
      schema: {
        summary: 'Prepare a deployment of a stack on a target',
        body: NewDeployment,
        response: { 201: DeploymentDetail },
      },
    },
    async (request, reply) => {
      const made = await deployments.create(request.scope, request.body)
      return reply.code(201).header('etag', etag(made.revision)).send(deploymentDetail(made))
    },
  )

  app.get(
    '/deployments/:id',
    { config: read, schema: { summary: 'A deployment', params: ById, response: { 200: DeploymentDetail } } },
    async (request, reply) => {
      const deployment = await deployments.get(request.scope, request.params.id)
      return reply.header('etag', etag(deployment.revision)).send(deploymentDetail(deployment))
    },
  )

  app.patch(
    '/deployments/:id',
    {
      config: { ...write, audit: 'deployment.update' },
      schema: {
        summary: 'Change version, variables or options; nothing that runs changes before the next deploy',
        params: ById,
        body: DeploymentUpdate,
        response: { 200: DeploymentDetail },
      },
    },
    async (request, reply) => {
      const check = (revision: number): void => checkIfMatch(request.headers['if-match'], revision)
      const deployment = await deployments.update(request.scope, request.params.id, request.body, check)
      return reply.header('etag', etag(deployment.revision)).send(deploymentDetail(deployment))
    },
  )

  app.delete(
    '/deployments/:id',
    {
      config: { permission: 'deployment:destroy', scope: 'organization', audit: 'deployment.delete' },
      schema: {
        summary: 'Forget a destroyed deployment and its history',
        params: ById,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await deployments.delete(request.scope, request.params.id)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/deployments/:id/releases',
    {
      config: read,
      schema: {
        summary: 'Releases, newest first',
        params: ById,
        querystring: closed(PageQuery),
        response: { 200: pageOf(ReleaseView) },
      },
    },
    async (request) => {
      const { deployment, rows } = await deployments.releases(request.scope, request.params.id, request.query)
      return toPage(
        rows,
        request.query.limit,
        (row) => String(row.number),
        (row) => releaseView(row, deployment.current_release),
      )
    },
  )

  app.get(
    '/deployments/:id/releases/:number',
    {
      config: read,
      schema: {
        summary: 'A release with its model; secrets are references',
        params: ByRelease,
        response: { 200: ReleaseDetail },
      },
    },
    async (request) => {
      const { deployment, release } = await deployments.release(request.scope, request.params.id, request.params.number)
      return {
        ...releaseView(release, deployment.current_release),
        model: release.model,
        secrets: release.secrets.map((secret) => ({ ...secret })),
      }
    },
  )

  app.post(
    '/deployments/:id/deploy',
    {
      config: { ...operate, audit: 'deployment.deploy' },
      schema: { summary: 'Deploy', params: ById, body: DeployRequest, response: accepted },
    },
    async (request, reply) =>
      reply
        .code(202)
        .send(operationView(await operations.request(request.scope, request.params.id, 'deploy', asked(request)))),
  )

  app.post(
    '/deployments/:id/rollback',
    {
      config: { ...operate, audit: 'deployment.rollback' },
      schema: { summary: 'Bring an earlier release back', params: ById, body: RollbackRequest, response: accepted },
    },
    async (request, reply) => {
      const operation = await operations.request(request.scope, request.params.id, 'rollback', request.body)
      return reply.code(202).send(operationView(operation))
    },
  )

  for (const kind of ['stop', 'start', 'restart'] as const) {
    app.post(
      `/deployments/:id/${kind}`,
      {
        config: { ...operate, audit: `deployment.${kind}` },
        schema: {
          summary: `${kind.charAt(0).toUpperCase()}${kind.slice(1)} what is deployed`,
          params: ById,
          body: LifecycleRequest,
          response: accepted,
        },
      },
      async (request, reply) => {
        const operation = await operations.request(request.scope, request.params.id, kind, request.body, refuseNew)
        return reply.code(202).send(operationView(operation))
      },
    )
  }

  app.post(
    '/deployments/:id/destroy',
    {
      config: { permission: 'deployment:destroy', scope: 'organization', audit: 'deployment.destroy' },
      schema: {
        summary: 'Remove what is deployed; its volumes only when asked for',
        params: ById,
        body: DestroyRequest,
        response: accepted,
      },
    },
    async (request, reply) => {
      const { confirm, ...rest } = request.body
      const operation = await operations.request(request.scope, request.params.id, 'destroy', rest, ({ name }) => {
        if (confirm === name) return
        throw new DomainError('invalid', 'invalid-input', 'the confirmation is not the name of the deployment', {
          fields: [{ path: '/confirm', message: `type "${name}"` }],
        })
      })
      return reply.code(202).send(operationView(operation))
    },
  )
}

/** Whether the one who asks may let the stack out of its containers is known now, and asked when a worker gets to it. */
function asked(request: {
  readonly body: DeployRequestValue
  readonly permissions: ReadonlySet<string>
}): OperationRequest {
  return { ...request.body, ...(request.permissions.has('deployment:privileged') ? { privileged: true } : {}) }
}

function refuseNew(deployment: DeploymentRow): void {
  if (deployment.state !== 'new') return
  throw new DomainError('conflict', 'not-deployed', 'the deployment was never deployed', { hint: 'deploy it first' })
}
