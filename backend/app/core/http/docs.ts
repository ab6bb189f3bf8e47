import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Type } from 'typebox'
import { notFound } from '../kernel/errors.ts'
import { type DescribedRoute, openApiDocument } from './openapi.ts'
import type { App } from './types.ts'
import { closed } from './validation.ts'

/**
 * Of @fastify/swagger-ui only the ready-made files are used: they are read when somebody opens the page, so that
 * documentation costs a server nothing, and nothing is fetched from another host.
 */
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
}

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>WindFlow API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`

const START =
  "window.SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#ui', deepLinking: true, validatorUrl: null })\n"

/** The document and the page that lets one try it. Swagger UI sets styles from its script, hence `unsafe-inline` for styles. */
const POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

export function docsRoutes(app: App, routes: readonly DescribedRoute[], version: string): void {
  const config = { permission: 'public', scope: 'none' } as const
  let document: string | undefined
  app.get('/api/openapi.json', { config, schema: { hide: true } }, async (_request, reply) => {
    document ??= JSON.stringify(openApiDocument(routes, version))
    return reply.type('application/json').send(document)
  })
  app.get('/api/docs', { config, schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY).send(PAGE),
  )
  app.get('/api/docs/start.js', { config, schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(START),
  )
  app.get(
    '/api/docs/:file',
    { config, schema: { hide: true, params: closed({ file: Type.String() }) } },
    async (request, reply) => {
      const type = FILES[request.params.file]
      if (type === undefined) throw notFound('page')
      const folder = join(dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui')), 'static')
      return reply.type(type).send(createReadStream(join(folder, request.params.file)))
    },
  )
}
