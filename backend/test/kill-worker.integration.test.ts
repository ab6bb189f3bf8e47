import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mustRun } from '../../scripts/testing/command.ts'
import { dockerTargets } from '../app/core/targets/docker-target.ts'
import type { Client } from './client.ts'
import { type TestServer, testServer } from './server.ts'
import { createDeployment, deploy } from './things.ts'
import { startWorker, type TestWorker } from './worker.ts'

const PROJECT = `kill-${process.pid}`

/** Two services: one is replaced start-first, the other, which holds a volume, stop-first; and a network. */
function stack(version: string, web = 'sleep 1000'): string {
  return `services:
  web:
    image: busybox:1
    init: true
    command: ["sh", "-c", "${web}"]
    environment: { VERSION: "${version}" }
    depends_on: [store]
    x-windflow: { gate: { stable: 300ms, timeout: 20s } }
  store:
    image: busybox:1
    init: true
    command: ["sh", "-c", "sleep 1000"]
    environment: { VERSION: "${version}" }
    volumes: ["data:/data"]
    x-windflow: { gate: { stable: 300ms } }
volumes:
  data:
`
}

interface StepOf {
  readonly step: string
  readonly phase: string
}

let test: TestServer
let admin: Client
/** Takes over what the killed one leaves; kept still while that one is to take an operation. */
let standby: TestWorker
let deployment: { readonly id: string; readonly stack: string }
let version = 1

beforeAll(async () => {
  test = await testServer({
    env: { WINDFLOW_ROLE: 'api' },
    options: { targetDrivers: { docker: dockerTargets(process.env) } },
  })
  const person = await test.admin()
  // Longer than a session's access on a machine that is busy.
  admin = test.client()
  admin.token = (await person.post('/tokens', { name: 'test' })).text
  standby = await startWorker(test)
  deployment = await createDeployment(admin, 'kill', stack('1'), { project: PROJECT })
  const first = await deploy(admin, deployment.id)
  expect(first.state, JSON.stringify(first.error)).toBe('succeeded')
}, 240_000)

afterAll(async () => {
  standby.kill('SIGCONT')
  const { id } = await admin.post(`/deployments/${deployment.id}/destroy`, { confirm: 'kill', volumes: true }, 202)
  await admin.operation(id)
  await standby[Symbol.asyncDispose]()
  await test[Symbol.asyncDispose]()
}, 240_000)

/** The containers of the project: name, state and the version they were made from. */
async function containers(): Promise<string[]> {
  const stdout = await mustRun('docker', [
    'ps',
    '-a',
    '--filter',
    `label=com.docker.compose.project=${PROJECT}`,
    '--format',
    '{{.Names}} {{.State}}',
  ])
  const rows = stdout.trim().split('\n').filter(Boolean)
  return Promise.all(
    rows.map(async (row) => {
      const env = await mustRun('docker', [
        'inspect',
        '--format',
        '{{range .Config.Env}}{{println .}}{{end}}',
        row.split(' ')[0] ?? '',
      ])
      return `${row.replace(`${PROJECT}-`, '')} ${/VERSION=(.*)/.exec(env)?.[1]}`
    }),
  ).then((lines) => lines.sort())
}

function both(of: string): string[] {
  return [`store-1 running ${of}`, `web-1 running ${of}`]
}

/** Makes the next version of the stack the wanted one. @returns its name. */
async function next(web?: string): Promise<string> {
  version += 1
  await admin.post(`/stacks/${deployment.stack}/versions`, {
    files: [{ path: 'compose.yaml', content: stack(String(version), web) }],
  })
  await admin.patch(`/deployments/${deployment.id}`, { version })
  return String(version)
}

/** Deploys with a worker that is killed at the step, and lets the other one take over. */
async function deployKilledAt(step: string, when: 'before' | 'after') {
  standby.kill('SIGSTOP')
  try {
    await using killed = await startWorker(test, { KILL_AT: step, KILL_WHEN: when })
    const { id } = await admin.post(`/deployments/${deployment.id}/deploy`, {}, 202)
    const missed = admin.operation(id).then(({ state }) => {
      throw new Error(`the operation ended, ${state}, without coming to ${step}`)
    })
    await Promise.race([killed.ended, missed])
    missed.catch(() => undefined)
    standby.kill('SIGCONT')
    return await admin.operation(id)
  } finally {
    standby.kill('SIGCONT')
  }
}

/** Every line once, in order, for whoever reads the log from its beginning. */
async function expectWholeLog(operation: string): Promise<void> {
  const { items } = await admin.get(`/operations/${operation}/log?limit=1000`)
  expect(items.map(({ number }: { number: number }) => number)).toEqual(
    items.map((_: unknown, index: number) => index + 1),
  )
}

describe('a worker killed with SIGKILL', () => {
  it('at any step of an update: another one finishes the update, and nothing is left behind', {
    timeout: 900_000,
  }, async () => {
    let before = await next()
    const listed = await deploy(admin, deployment.id)
    expect(listed.state).toBe('succeeded')
    const steps: StepOf[] = listed.steps
    expect(steps.length).toBeGreaterThan(12)
    for (const { step } of steps) {
      const wanted = await next()
      const operation = await deployKilledAt(step, 'after')
      const context = `killed after ${step}: ${JSON.stringify(operation.error)}`
      expect(operation.state, context).toBe('succeeded')
      expect(operation.attempts, context).toBeGreaterThan(1)
      expect(await containers(), context).toEqual(both(wanted))
      await expectWholeLog(operation.id)
      before = wanted
    }
    expect(await admin.get(`/deployments/${deployment.id}`)).toMatchObject({ state: 'running' })
    expect(before).toBe(String(version))
  })

  it('at any step of a rollback: another one puts the release before back', { timeout: 900_000 }, async () => {
    const good = await next()
    expect((await deploy(admin, deployment.id)).state).toBe('succeeded')
    await next('exit 3')
    const listed = await deploy(admin, deployment.id)
    expect(listed.state).toBe('rolled_back')
    expect(await containers()).toEqual(both(good))
    const steps = (listed.steps as StepOf[]).filter(({ phase }) => phase === 'restore')
    expect(steps.length).toBeGreaterThan(2)
    for (const { step } of steps) {
      await next('exit 3')
      const operation = await deployKilledAt(step, 'before')
      const context = `killed before ${step}: ${JSON.stringify(operation.error)}`
      expect(operation.state, context).toBe('rolled_back')
      expect(operation.attempts, context).toBeGreaterThan(1)
      expect(await containers(), context).toEqual(both(good))
      await expectWholeLog(operation.id)
    }
  })
})
