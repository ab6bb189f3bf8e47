import type { Answer, Client } from './client.ts'

/** A stack of one service and what a test wants to have in it. */
export function compose(services: Readonly<Record<string, string>> = { web: 'good:1' }): string {
  const lines = Object.entries(services).map(([name, image]) => `  ${name}:\n    image: ${image}\n`)
  return `services:\n${lines.join('')}`
}

export async function createStack(
  client: Client,
  name: string,
  content: string,
  more: object = {},
): Promise<Answer['body']> {
  return client.post('/stacks', { name, files: [{ path: 'compose.yaml', content }], ...more })
}

export async function localTarget(client: Client): Promise<string> {
  return (await client.get('/targets')).items[0].id
}

/** A stack and a deployment of it on the local target, not deployed yet. */
export async function createDeployment(
  client: Client,
  name: string,
  content = compose(),
  more: object = {},
): Promise<Answer['body']> {
  const stack = await createStack(client, name, content)
  return client.post('/deployments', { name, stack: stack.id, target: await localTarget(client), ...more })
}

/** Deploys and waits for the end. */
export async function deploy(client: Client, deployment: string, body: object = {}): Promise<Answer['body']> {
  const { id } = await client.post(`/deployments/${deployment}/deploy`, body, 202)
  return client.operation(id)
}
