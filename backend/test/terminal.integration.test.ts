import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { dockerTargets } from '../app/core/targets/docker-target.ts'
import { member } from './people.ts'
import { testServer } from './server.ts'
import { createDeployment, deploy } from './things.ts'

const STACK = `services:
  web:
    image: busybox:1
    init: true
    command: ["sh", "-c", "echo started; sleep 1000"]
`

/** Everything that came, and the message that ended it. */
interface Conversation {
  readonly socket: WebSocket
  text(): string
  readonly closed: Promise<number>
}

function open(url: string, headers: Record<string, string> = {}): Conversation {
  const socket = new WebSocket(url, { headers })
  let text = ''
  socket.on('message', (data) => {
    text += String(data)
  })
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => resolve(code))
    socket.on('error', () => resolve(-1))
  })
  return { socket, text: () => text, closed }
}

it('types into a container by a ticket that works once, for those who may', async () => {
  await using test = await testServer({
    env: { WINDFLOW_PORT: '0' },
    options: { targetDrivers: { docker: dockerTargets(process.env) } },
  })
  const admin = await test.admin()
  const project = `terminal-${process.pid}`
  const { id } = await createDeployment(admin, 'shell', STACK, { project })
  const first = await deploy(admin, id)
  expect(first.state, JSON.stringify(first.error)).toBe('succeeded')
  try {
    const address = (await test.server.listen()).replace('http', 'ws')
    const viewer = await member(test, admin, 'viewer')
    await viewer.post(`/engine/deployments/${id}/terminal`, { service: 'web' }, 403)
    const { path } = await admin.post(`/engine/deployments/${id}/terminal`, { service: 'web' })
    const shell = open(address + path)
    await new Promise((resolve) => shell.socket.once('open', resolve))
    shell.socket.send(JSON.stringify({ resize: { columns: 100, rows: 30 } }))
    shell.socket.send(Buffer.from('echo $((40 + 2)) typed\nexit 3\n'))
    expect(await shell.closed).toBe(1000)
    expect(shell.text()).toContain('42 typed')
    expect(shell.text()).toContain('{"exit":3}')
    const again = open(address + path)
    expect(await again.closed).toBe(1008)
    expect(again.text()).toContain('ticket-not-valid')
    const other = await admin.post(`/engine/deployments/${id}/terminal`, { service: 'web' })
    expect(await open(address + other.path, { origin: 'https://evil.example' }).closed).toBe(-1)

    const { text } = await admin.post('/tokens', { name: 'logs' })
    const logs = await fetch(`${address.replace('ws', 'http')}/api/v1/engine/deployments/${id}/logs?follow=false`, {
      headers: { authorization: `Bearer ${text}` },
    })
    expect(await logs.text()).toContain('started')
    const { items } = await admin.get(`/engine/deployments/${id}/containers`)
    expect(items).toMatchObject([{ service: 'web', number: 1, state: 'running', release: 1 }])
    expect(
      (await admin.get(`/engine/deployments/${id}/drift`)).plan.changes.every(
        ({ action }: { action: string }) => action === 'none',
      ),
    ).toBe(true)
  } finally {
    const { id: operation } = await admin.post(`/deployments/${id}/destroy`, { confirm: 'shell' }, 202)
    await admin.operation(operation)
  }
})
