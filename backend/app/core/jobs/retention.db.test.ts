import { expect, it } from 'vitest'
import { testServer } from '../../../test/server.ts'
import { createDeployment, deploy } from '../../../test/things.ts'
import { verifyAllChains } from '../audit/verify.ts'
import { retention } from './retention.ts'

it('deletes old events and logs, and keeps operations, releases, the account, and what is young', async () => {
  await using test = await testServer()
  const admin = await test.admin()
  const { id } = await createDeployment(admin, 'shop')
  const old = await deploy(admin, id)
  const { pool, query } = test.database.database
  await pool.query("update event set time = now() - interval '100 days'")
  await pool.query("update operation set finished_at = now() - interval '100 days'")
  const young = await deploy(admin, id, { forceRecreate: true })
  await retention(test.database.database, 90).run(new AbortController().signal)
  expect((await admin.get(`/operations/${old.id}/log`)).items).toEqual([])
  expect((await admin.get(`/operations/${young.id}/log`)).items).not.toEqual([])
  expect((await admin.get('/operations')).items).toHaveLength(2)
  expect((await admin.get(`/deployments/${id}/releases`)).items).toHaveLength(2)
  const { rows } = await pool.query<{ number: number }>('select min(number)::int as number from event')
  expect(rows[0]?.number).toBeGreaterThan(1)
  expect((await verifyAllChains(query)).every(({ broken }) => broken === undefined)).toBe(true)
})
