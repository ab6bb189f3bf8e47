import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { testServer } from '../../../test/server.ts'

it('serves the built interface: files by name, its page for every other address, nothing beside the folder', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'windflow-ui-'))
  const uiFolder = join(parent, 'dist')
  await mkdir(join(uiFolder, 'assets'), { recursive: true })
  await writeFile(join(uiFolder, 'index.html'), '<!doctype html><title>page</title>')
  await writeFile(join(uiFolder, 'assets', 'app-1a2b.js'), 'start()')
  await writeFile(join(parent, 'secret.txt'), 'secret')
  await using test = await testServer({ options: { uiFolder } })
  const get = (url: string) => test.server.app.inject({ url })
  const page = await get('/')
  expect(page.payload).toContain('<title>page</title>')
  expect(page.headers['content-security-policy']).toContain("script-src 'self';")
  expect((await get('/deployments/some-id')).payload).toContain('<title>page</title>')
  const script = await get('/assets/app-1a2b.js')
  expect([script.payload, script.headers['cache-control']]).toEqual(['start()', 'public, max-age=31536000, immutable'])
  for (const url of [
    '/assets/absent.js',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/api/v1/absent',
  ]) {
    const { statusCode, payload } = await get(url)
    expect(payload, url).not.toContain('secret\n')
    expect(payload === 'secret', url).toBe(false)
    if (url.endsWith('.js') || url.startsWith('/api')) expect(statusCode, url).toBe(404)
  }
})
