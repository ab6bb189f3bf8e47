import { describe, expect, it } from 'vitest'
import { member } from '../../../test/people.ts'
import { ADMIN, testServer } from '../../../test/server.ts'

describe('signing in', () => {
  it('says the same for a wrong password and for an account that is not there', async () => {
    await using test = await testServer()
    const wrong = await test.client().request('POST', '/auth/login', { ...ADMIN, password: 'wrong' })
    const absent = await test
      .client()
      .request('POST', '/auth/login', { email: 'nobody@example.org', password: 'wrong' })
    expect(wrong.status).toBe(401)
    expect({ ...wrong.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' })
  })

  it('gives cookies no script can read and no other site gets sent', async () => {
    await using test = await testServer()
    const { headers } = await test.client().request('POST', '/auth/login', ADMIN)
    for (const cookie of [headers['set-cookie']].flat()) expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/)
    const admin = await test.admin()
    await admin.expect(403, 'POST', '/stacks/check', {}, { origin: 'https://evil.example' })
    await admin.expect(403, 'GET', '/me', undefined, { 'sec-fetch-site': 'cross-site' })
  })

  it('renews a session once per refresh token, and ends it when one is used again later', async () => {
    await using test = await testServer()
    const admin = await test.admin()
    const stolen = admin.cookies.get('windflow_refresh') ?? ''
    await admin.post('/auth/refresh', undefined, 204)
    expect(admin.cookies.get('windflow_refresh')).not.toBe(stolen)
    await test.database.database.pool.query("update refresh_token set used_at = used_at - interval '1 minute'")
    const thief = test.client()
    thief.cookies.set('windflow_refresh', stolen)
    await thief.post('/auth/refresh', undefined, 401)
    await admin.get('/me', 401)
    await admin.post('/auth/refresh', undefined, 401)
  })

  it('ends at logout, and everywhere at once when asked to', async () => {
    await using test = await testServer()
    const [one, two, three] = [await test.admin(), await test.admin(), await test.admin()]
    expect((await one.get('/auth/sessions')).items).toHaveLength(3)
    const access = one.cookies.get('windflow_access') ?? ''
    await one.post('/auth/logout', undefined, 204)
    one.cookies.set('windflow_access', access)
    await one.get('/me', 401)
    await two.post('/auth/logout-everywhere', undefined, 204)
    await three.get('/me', 401)
  })

  it('is slowed down for whoever guesses, and stays open for a browser that has signed in before', async () => {
    await using test = await testServer({ env: { WINDFLOW_RATE_LIMIT: 'on' } })
    const known = await test.admin()
    const guess = { ...ADMIN, password: 'guess' }
    // Together with the one that was right.
    for (let tries = 0; tries < 9; tries++) await test.client().post('/auth/login', guess, 401)
    const refused = await test.client().request('POST', '/auth/login', ADMIN)
    expect([refused.status, refused.body.code]).toEqual([429, 'too-many-attempts'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    const absent = { email: 'nobody@example.org', password: 'guess' }
    for (let tries = 0; tries < 10; tries++) await test.client().post('/auth/login', absent, 401)
    await test.client().post('/auth/login', absent, 429)
    await known.post('/auth/login', ADMIN, 200)
  })
})

describe('the first administrator', () => {
  it('comes by a link that works once; whoever merely arrives first owns nothing', async () => {
    await using test = await testServer({ env: { WINDFLOW_ADMIN_EMAIL: '', WINDFLOW_ADMIN_PASSWORD: '' } })
    const token = test.server.setupToken ?? ''
    expect(await test.client().get('/auth/setup')).toEqual({ needed: true })
    const admin = {
      email: 'first@example.org',
      name: 'First',
      password: 'a long enough one',
      organization: 'Acme Ltd.',
    }
    await test.client().post('/auth/setup', { ...admin, token: 'wfs_guess' }, 403)
    const client = test.client()
    const me = await client.post('/auth/setup', { ...admin, token })
    expect(me).toMatchObject({ account: { superadmin: true }, organizations: [{ slug: 'acme-ltd', role: 'owner' }] })
    expect((await client.get('/targets')).items).toMatchObject([{ name: 'local' }])
    await test.client().post('/auth/setup', { ...admin, email: 'second@example.org', token }, 403)
    expect(await test.client().get('/auth/setup')).toEqual({ needed: false })
  })

  it('is made once when several servers start together', async () => {
    await using test = await testServer()
    await Promise.all(
      [1, 2].map(async () => {
        await using _beside = await testServer({ beside: test })
      }),
    )
    const { rows } = await test.database.database.pool.query('select count(*)::int as count from account')
    expect(rows).toEqual([{ count: 1 }])
  })
})

describe('members', () => {
  it('cannot give, change or take a role above their own, and an owner always stays', async () => {
    await using test = await testServer()
    const owner = await test.admin()
    const admin = await member(test, owner, 'admin')
    await admin.post('/invitations', { email: 'x@example.org', role: 'owner' }, 403)
    const people = (await owner.get('/members')).items
    const of = (email: string): string => people.find((person: { email: string }) => person.email === email).id
    await admin.patch(`/members/${of(ADMIN.email)}`, { role: 'viewer' }, 403)
    await admin.delete(`/members/${of(ADMIN.email)}`, 403)
    await owner.patch(`/members/${of(ADMIN.email)}`, { role: 'viewer' }, 409)
    await owner.delete(`/members/${of('admin@example.org')}`)
    await admin.get('/stacks', 403)
  })

  it('join by an invitation that works once', async () => {
    await using test = await testServer()
    const owner = await test.admin()
    const { token } = await owner.post('/invitations', { email: 'new@example.org', role: 'viewer' })
    const person = { token, name: 'New', password: 'a long enough one' }
    await test.client().post('/auth/invitations/accept', { token }, 422)
    await test.client().post('/auth/invitations/accept', person, 200)
    await test.client().post('/auth/invitations/accept', person, 403)
  })
})

describe('API tokens', () => {
  it('do what they were given, no more than their owner, and nothing once revoked', async () => {
    await using test = await testServer()
    const owner = await test.admin()
    const operator = await member(test, owner, 'operator')
    await operator.post('/tokens', { name: 'ci', permissions: ['member:manage'] }, 422)
    const { token, text } = await operator.post('/tokens', {
      name: 'ci',
      permissions: ['stack:read'],
      expiresInDays: 1,
    })
    expect(token.permissions).toEqual(['stack:read'])
    const program = test.client()
    program.token = text
    await program.get('/stacks')
    await program.get('/deployments', 403)
    await program.post('/tokens', { name: 'more' }, 403)
    const { rows } = await test.database.database.pool.query('select t::text as row from api_token t')
    expect(JSON.stringify(rows)).not.toContain(text)
    await owner.delete(`/tokens/${token.id}`)
    await program.get('/stacks', 401)
  })

  it('end with their time and with their owner', async () => {
    await using test = await testServer()
    const owner = await test.admin()
    const viewer = await member(test, owner, 'viewer')
    const { text, token } = await viewer.post('/tokens', { name: 'short', expiresInDays: 1 })
    await test.database.database.pool.query(
      "update api_token set expires_at = now() - interval '1 second' where id = $1",
      [token.id],
    )
    const program = test.client()
    program.token = text
    await program.get('/stacks', 401)
  })
})
