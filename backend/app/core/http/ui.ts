import { createReadStream, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { createGzip } from 'node:zlib'
import { notFound } from '../kernel/errors.ts'
import type { App } from './types.ts'

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  webmanifest: 'application/manifest+json',
}
const COMPRESSED = /^(text\/|application\/(json|manifest)|image\/svg)/

/** Nothing from another host, no script that is not a file of ours; styles are set by scripts of the editor. */
export const UI_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * Serves the built interface where nginx does not: files by name, and its one page for every other address outside
 * `/api`. The files are listed once; what is not in the list is not there, whatever an address says.
 */
export function uiRoutes(app: App, folder: string): void {
  const files = new Map(listFiles(folder).map((path) => [`/${relative(folder, path)}`, path]))
  const page = files.get('/index.html')
  app.get('/*', { config: { permission: 'public', scope: 'none' }, schema: { hide: true } }, async (request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const file = files.get(path) ?? (path.startsWith('/api') || /\.\w+$/.test(path) ? undefined : page)
    if (file === undefined) throw notFound('page')
    const type = TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
    reply.type(type)
    if (file === page) reply.header('content-security-policy', UI_POLICY).header('cache-control', 'no-cache')
    // The build puts a digest into the names of what is in there.
    else
      reply.header(
        'cache-control',
        path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
      )
    const zipped = COMPRESSED.test(type) && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
    if (!zipped) return reply.send(createReadStream(file))
    reply.header('content-encoding', 'gzip').header('vary', 'accept-encoding')
    return reply.send(createReadStream(file).pipe(createGzip()))
  })
}

function listFiles(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
