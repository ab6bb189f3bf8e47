import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../app/core/db/id.ts'
import type { RoleName } from '../app/core/db/tables.ts'
import type { DescribedRoute } from '../app/core/http/openapi.ts'
import { PERMISSIONS, PermissionMatrix, ROLES } from '../app/core/identity/permissions.ts'
import type { Client } from './client.ts'
import { member, stranger } from './people.ts'
import { type TestServer, testServer } from './server.ts'
import { createDeployment, deploy, localTarget } from './things.ts'

type Who = RoleName | 'nobody' | 'stranger'

let test: TestServer
let routes: readonly DescribedRoute[]
const clients = new Map<Who, Client>()
/** Ids of things that are there, in the organization of the roles, by the first word of the path. */
const ids = new Map<string, string>()

beforeAll(async () => {
  test = await testServer()
  routes = test.server.routes.filter(({ url }) => url.startsWith('/api/v1/'))
  const admin = await test.admin()
  clients.set('nobody', test.client())
  for (const role of ROLES) clients.set(role, await member(test, admin, role))
  clients.set('stranger', await stranger(test, admin))
  admin.organization = 'main'
  const deployment = await createDeployment(admin, 'shop')
  ids.set('deployments', deployment.id)
  ids.set('stacks', deployment.stack)
  ids.set('operations', (await deploy(admin, deployment.id)).id)
  ids.set('targets', await localTarget(admin))
  ids.set('secrets', (await admin.post('/secrets', { name: 'some', value: 'value' })).id)
  const people: { id: string; email: string }[] = (await admin.get('/members')).items
  ids.set('members', people.find(({ email }) => email === 'viewer@example.org')?.id ?? '')
}, 120_000)

afterAll(async () => {
  await test[Symbol.asyncDispose]()
})

/** The path with ids of things that are there; `absent` with those of things that are not. */
function pathOf({ url }: DescribedRoute, absent = false): string {
  const kind = /^\/api\/v1\/(?:engine\/)?([a-z]+)/.exec(url)?.[1] ?? ''
  const id = (!absent && ids.get(kind)) || newId()
  return url.replace(':id', id).replace(':number', '1')
}

const changes = (method: string): boolean => method !== 'GET'

describe('every route', () => {
  it('says who may call it', () => {
    expect(routes.length).toBeGreaterThan(50)
    const matrix = new PermissionMatrix()
    for (const { permission, method, url } of routes) {
      expect(
        permission === 'public' || permission === 'authenticated' || matrix.knows(permission),
        `${method} ${url}`,
      ).toBe(true)
    }
  })

  it('is closed to nobody, before its input is looked at, unless it is public', async () => {
    for (const route of routes.filter(({ permission }) => permission !== 'public')) {
      const body = changes(route.method) ? { wrong: true } : undefined
      const { status, body: problem, headers } = await request('nobody', route, body)
      expect([status, problem.code], `${route.method} ${route.url}`).toEqual([401, 'not-signed-in'])
      expect(headers['www-authenticate']).toBe('Bearer')
    }
  })

  it('refuses each role that is too low, before its input is looked at', async () => {
    for (const route of routes.filter(({ scope }) => scope === 'organization')) {
      const lowest = ROLES.indexOf(PERMISSIONS[route.permission as keyof typeof PERMISSIONS])
      for (const role of ROLES.slice(0, lowest)) {
        const { status, body } = await request(role, route, changes(route.method) ? { wrong: true } : undefined)
        expect([status, body.code], `${role}: ${route.method} ${route.url}`).toEqual([403, 'not-allowed'])
      }
    }
  })

  it('lets each role in that is high enough', async () => {
    for (const route of routes.filter(({ scope, stream }) => scope === 'organization' && !stream)) {
      const lowest = ROLES.indexOf(PERMISSIONS[route.permission as keyof typeof PERMISSIONS])
      for (const role of ROLES.slice(lowest)) {
        // An unknown member, so that a route with a body gets no further than its schema; ids of nothing for the others.
        const { status, body } = await request(role, route, changes(route.method) ? { wrong: true } : undefined, true)
        const context = `${role}: ${route.method} ${route.url}: ${JSON.stringify(body)}`
        expect([401, 403, 500], context).not.toContain(status)
      }
    }
  })

  it('knows nothing of another organization, whose things look as if they were not there', async () => {
    for (const route of routes.filter(({ scope, url }) => scope === 'organization' && url.includes(':id'))) {
      const found = await request('stranger', route, undefined)
      const absent = await request('stranger', route, undefined, true)
      const context = `${route.method} ${route.url}: ${JSON.stringify(found.body)}`
      expect([404, 422], context).toContain(found.status)
      expect({ ...found.body, requestId: '' }, context).toEqual({ ...absent.body, requestId: '' })
    }
  })

  it('does not let somebody name an organization they do not belong to', async () => {
    for (const route of routes.filter(({ scope }) => scope === 'organization')) {
      const { status, body } = await request('stranger', route, undefined, false, { 'windflow-organization': 'main' })
      expect([status, body.code], `${route.method} ${route.url}`).toEqual([403, 'not-a-member'])
    }
  })

  it('of the platform is for superadmins alone', async () => {
    for (const route of routes.filter(({ scope }) => scope === 'platform')) {
      for (const role of ROLES) {
        const { status } = await request(role, route, changes(route.method) ? { wrong: true } : undefined)
        expect(status, `${role}: ${route.method} ${route.url}`).toBe(403)
      }
    }
  })
})

function request(
  who: Who,
  route: DescribedRoute,
  body: unknown,
  absent = false,
  headers?: Readonly<Record<string, string>>,
) {
  const client = clients.get(who)
  if (client === undefined) throw new Error(`nobody is ${who}`)
  return client.request(route.method as 'GET', pathOf(route, absent), body, headers)
}

describe('a route that is not declared', () => {
  const boot = (declare: Parameters<typeof testServer>[0]) => testServer({ ...declare, beside: test })

  it.each([
    ['without a permission', { scope: 'none' }, /declares no permission/],
    ['without a scope', { permission: 'public' }, /declares no scope/],
    [
      'with a permission nobody knows',
      { permission: 'stack:fly', scope: 'organization' },
      /unknown permission "stack:fly"/,
    ],
    ['with a permission that its scope cannot give', { permission: 'stack:read', scope: 'self' }, /means nothing/],
  ] as const)('%s stops the boot', async (_words, config, message) => {
    await expect(boot({ options: { routes: (app) => app.get('/new', { config }, async () => '') } })).rejects.toThrow(
      message,
    )
  })

  it('that may change something without an audit action stops the boot', async () => {
    const config = { permission: 'stack:write', scope: 'organization' } as const
    await expect(boot({ options: { routes: (app) => app.post('/new', { config }, async () => '') } })).rejects.toThrow(
      /no audit action/,
    )
  })
})
