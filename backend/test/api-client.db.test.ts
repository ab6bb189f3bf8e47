import { expect, it } from 'vitest'
import { clientTypes } from '../../scripts/api-client.ts'
import { testServer } from './server.ts'

it('has a client whose types are those of the routes', async () => {
  await using test = await testServer()
  const document = await test.client().get('/api/openapi.json')
  expect(document.openapi).toBe('3.1.0')
  await expect(clientTypes(document)).toMatchFileSnapshot('../../packages/api-client/src/schema.generated.ts')
})
