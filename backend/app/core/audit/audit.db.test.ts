import { describe, expect, it } from 'vitest'
import { testServer } from '../../../test/server.ts'
import { compose, createDeployment, createStack, deploy } from '../../../test/things.ts'
import { verifyAllChains } from './verify.ts'

describe('the audit trail', () => {
  it('says who did what, from where, with the state before and after', async () => {
    await using test = await testServer()
    const admin = await test.admin()
    const stack = await createStack(admin, 'shop', compose())
    await admin.patch(`/stacks/${stack.id}`, { description: 'sells things' })
    const { items } = await admin.get(`/audit?subject=stack/${stack.id}`)
    expect(items).toMatchObject([
      {
        action: 'stack.update',
        before: { description: '' },
        after: { description: 'sells things' },
        address: '127.0.0.1',
        actor: { kind: 'account' },
      },
      { action: 'stack.create', after: { name: 'shop' } },
    ])
  })

  it('is whole, and shows which entry was changed, taken out, or cut off at the end', async () => {
    await using test = await testServer()
    const admin = await test.admin()
    const { id } = await createDeployment(admin, 'shop')
    await deploy(admin, id)
    const { query, pool } = test.database.database
    for (const { broken, entries } of await verifyAllChains(query)) {
      expect(broken).toBeUndefined()
      expect(entries).toBeGreaterThan(0)
    }
    const tampered = async (statement: string): Promise<unknown> => {
      const client = await pool.connect()
      try {
        await client.query('create table kept as select * from audit_entry')
        await client.query(statement)
        const verdicts = await verifyAllChains(query)
        await client.query('truncate audit_entry; insert into audit_entry select * from kept; drop table kept')
        return verdicts.flatMap(({ broken }) => broken ?? [])
      } finally {
        client.release()
      }
    }
    const mine = "organization_id <> '00000000-0000-0000-0000-000000000000'"
    expect(
      await tampered(`update audit_entry set after = '{"name":"other"}' where ${mine} and number = 2`),
    ).toMatchObject([{ number: 2, reason: 'was changed after it was written' }])
    expect(
      await tampered(`update audit_entry set actor = '{"name":"nobody"}' where ${mine} and number = 3`),
    ).toMatchObject([{ number: 3 }])
    expect(await tampered(`delete from audit_entry where ${mine} and number = 2`)).toMatchObject([
      { number: 2, reason: 'entry is missing' },
    ])
    expect(
      await tampered(
        `delete from audit_entry where ${mine} and number = (select max(number) from audit_entry where ${mine})`,
      ),
    ).toMatchObject([{ reason: 'entry is missing' }])
    expect(await admin.get('/audit/verification')).toMatchObject({ entries: expect.any(Number) })
  })
})
