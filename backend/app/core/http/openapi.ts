import type { RouteOptions } from 'fastify'

/** A route as the document describes it. */
export interface DescribedRoute {
  readonly method: string
  readonly url: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly permission: string
  readonly scope: string
  readonly stream: boolean
}

export function describeRoute(route: RouteOptions): readonly DescribedRoute[] {
  return [route.method].flat().map((method) => ({
    method,
    url: route.url,
    schema: { ...route.schema },
    permission: route.config?.permission ?? '',
    scope: route.config?.scope ?? '',
    stream: route.config?.stream === true,
  }))
}

const Problem = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; for programs' },
    detail: { type: 'string', description: 'For people' },
    hint: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string', description: 'JSON pointer' }, message: { type: 'string' } },
      },
    },
  },
}

/** The OpenAPI 3.1 document of all routes below `/api`. TypeBox schemas are JSON Schema, which 3.1 takes as they are. */
export function openApiDocument(routes: readonly DescribedRoute[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    if (!route.url.startsWith('/api/') || route.schema.hide === true) continue
    const path = route.url.replace(/:(\w+)/g, '{$1}')
    const operations = paths[path] ?? {}
    paths[path] = operations
    operations[route.method.toLowerCase()] = operation(route, path)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'WindFlow', version, description: 'Deploys Compose stacks: plan, gated apply, automatic rollback.' },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'windflow_access' },
        token: { type: 'http', scheme: 'bearer' },
      },
      parameters: {
        Organization: {
          name: 'WindFlow-Organization',
          in: 'header',
          description: 'Id or slug; not needed by tokens, nor by members of one organization',
          schema: { type: 'string' },
        },
      },
    },
  }
}

function operation(route: DescribedRoute, path: string): Record<string, unknown> {
  const { schema } = route
  const isPublic = route.permission === 'public'
  const parameters = [
    ...parametersOf(schema.params, 'path'),
    ...parametersOf(schema.querystring, 'query'),
    ...(route.scope === 'organization' ? [{ $ref: '#/components/parameters/Organization' }] : []),
  ]
  return {
    operationId: operationId(route.method, path),
    tags: [path.replace(/^\/api\/(v1\/)?(engine\/)?/, '').split('/')[0]],
    ...(typeof schema.summary === 'string' ? { summary: schema.summary } : {}),
    ...(typeof schema.description === 'string' ? { description: schema.description } : {}),
    'x-permission': route.permission,
    'x-scope': route.scope,
    security: isPublic ? [] : [{ session: [] }, { token: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(schema.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schema.body } } } }),
    responses: { ...responses(schema.response, route.stream), default: problemResponse() },
  }
}

function problemResponse(): Record<string, unknown> {
  return {
    description: 'What went wrong',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}

function responses(declared: unknown, stream: boolean): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [status, schema] of Object.entries(isObject(declared) ? declared : {})) {
    if (stream && status === '200') {
      found[status] = {
        description: 'Server-sent events',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      }
    } else if (isObject(schema) && schema.type === 'null') {
      found[status] = { description: 'Done' }
    } else {
      const description = isObject(schema) && typeof schema.description === 'string' ? schema.description : 'Success'
      found[status] = { description, content: { 'application/json': { schema } } }
    }
  }
  return found
}

function parametersOf(schema: unknown, place: 'path' | 'query'): readonly Record<string, unknown>[] {
  if (!isObject(schema) || !isObject(schema.properties)) return []
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    in: place,
    // A member with a default is required for the program and optional for the client.
    required: place === 'path' || (required.includes(name) && !(isObject(property) && 'default' in property)),
    schema: property,
  }))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `POST /api/v1/deployments/{id}/rollback` becomes `postDeploymentsByIdRollback`. */
function operationId(method: string, path: string): string {
  const words = path
    .replace(/^\/api\/(v1\/)?/, '')
    .split(/[/.-]/)
    .map((word) => (word.startsWith('{') ? `By-${word.slice(1, -1)}` : word))
    .flatMap((word) => word.split('-'))
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
