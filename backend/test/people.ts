import type { RoleName } from '../app/core/db/tables.ts'
import type { Client } from './client.ts'
import type { TestServer } from './server.ts'

/** Invites somebody into the admin's organization and signs them in. */
export async function member(
  test: TestServer,
  admin: Client,
  role: RoleName,
  email = `${role}@example.org`,
): Promise<Client> {
  const { token } = await admin.post('/invitations', { email, role })
  const client = test.client()
  await client.post('/auth/invitations/accept', { token, name: role, password: 'a long enough one' }, 200)
  return client
}

/** Somebody who owns an organization of their own and belongs to no other. */
export async function stranger(test: TestServer, admin: Client): Promise<Client> {
  const other = await admin.post('/organizations', { name: 'Other' })
  const there = test.client()
  for (const [name, value] of admin.cookies) there.cookies.set(name, value)
  there.organization = other.id
  const { token } = await there.post('/invitations', { email: 'stranger@example.org', role: 'owner' })
  const client = test.client()
  await client.post('/auth/invitations/accept', { token, name: 'Stranger', password: 'a long enough one' }, 200)
  return client
}
