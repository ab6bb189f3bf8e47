import { expect, it } from 'vitest'
import { testServer } from '../../../test/server.ts'
import { createDeployment, deploy } from '../../../test/things.ts'

it('shows a deployment as drifted when somebody changed what runs, and a deploy puts it right', async () => {
  await using test = await testServer()
  const admin = await test.admin()
  const { id } = await createDeployment(admin, 'shop')
  await deploy(admin, id)
  const watch = test.server.points.get('jobs', 'drift')
  const look = (): Promise<void> | undefined => watch?.run(new AbortController().signal)
  await look()
  expect(await admin.get(`/deployments/${id}`)).toMatchObject({ drifted: false, drift: { changes: [] } })
  for (const container of test.engine.containers.values()) container.state = 'exited'
  await look()
  const drifted = await admin.get(`/deployments/${id}`)
  expect(drifted).toMatchObject({ drifted: true, drift: { changes: [{ resource: 'service/web/1', action: 'start' }] } })
  const { rows } = await test.database.database.pool.query("select data from event where type = 'deployment.drifted'")
  expect(rows).toHaveLength(1)
  expect((await deploy(admin, id)).state).toBe('succeeded')
  await look()
  expect(await admin.get(`/deployments/${id}`)).toMatchObject({ drifted: false })
})
