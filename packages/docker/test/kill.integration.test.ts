import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Desired, OperationResult } from '@windflow/engine'
import { afterAll, describe, expect, test } from 'vitest'
import { mustRun } from '../../../scripts/testing/command.ts'
import { deployWith, mustDeploy, openBench, TestProject } from './harness.ts'
import { type KillOrder, killPoint } from './kill-child.ts'

const bench = openBench()
afterAll(() => bench.driver.close())

const PARALLEL = 3

/** One service that can swap, one that cannot because it keeps data, and one that no release changes. */
function yaml(value: string, check = 'true'): string {
  const service = (name: string, rest: string) => `
  ${name}:
    image: busybox:1
    init: true
    stop_grace_period: 1s
    x-windflow: {gate: {stable: 10ms}, update: {drain: 50ms}}
${rest}`
  return `services:${service(
    'db',
    `    command: sh -c "echo ${value} >> /data/lines; exec sleep 1000"
    environment: {V: "${value}"}
    volumes: ["data:/data", "/anonymous"]
    healthcheck: {test: [CMD-SHELL, "${check}"], interval: 50ms, retries: 2}`,
  )}${service(
    'web',
    `    command: sleep 1000
    environment: {V: "${value}"}
    networks: {front: {aliases: [www]}, back: }
    depends_on: [db]`,
  )}${service('still', '    command: sleep 1000')}
networks: {front: , back: , default: }
volumes: {data: }
`
}

interface Killed {
  readonly project: TestProject
  readonly step: string
  readonly when: 'before' | 'after'
  readonly previous: Desired | undefined
  readonly desired: Desired
  /** Before the fatal deployment. */
  readonly volumes: readonly string[]
  readonly anonymous: string | undefined
}

/** Runs the deployment in a process that dies at the step. */
async function dieAt(order: Omit<KillOrder, 'socket'>): Promise<void> {
  const script = fileURLToPath(new URL('kill-child.ts', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code)),
  )
  const socket = (process.env.DOCKER_HOST ?? '').replace(/^unix:\/\//, '')
  child.stdin.end(JSON.stringify({ ...order, socket }))
  expect([order.step, await ended, said]).toEqual([order.step, 'SIGKILL', ''])
}

/** What a deployment that ended well looks like, whatever happened before. */
async function expectRelease(killed: Killed, value: string): Promise<void> {
  const { project } = killed
  const containers = await project.containers()
  expect(Object.keys(containers)).toEqual(['db', 'still', 'web'].map((name) => `${project.name}-${name}-1`))
  for (const { State } of Object.values(containers)) expect(State).toMatchObject({ Running: true, Paused: false })
  const web = containers[`${project.name}-web-1`]
  const db = containers[`${project.name}-db-1`]
  expect(web?.Config.Env).toContain(`V=${value}`)
  expect(db?.Config.Env).toContain(`V=${value}`)
  const networks = web?.NetworkSettings.Networks ?? {}
  expect(Object.keys(networks).sort()).toEqual([`${project.name}_back`, `${project.name}_front`])
  expect(networks[`${project.name}_front`]?.Aliases).toEqual(
    expect.arrayContaining([`${project.name}-web-1`, 'web', 'www']),
  )
  expect(networks[`${project.name}_back`]?.Aliases).toEqual(expect.arrayContaining(['web']))
  // Data stays, anonymous too.
  const data = await mustRun('docker', ['exec', `${project.name}-db-1`, 'cat', '/data/lines'])
  if (killed.previous) expect(data).toMatch(/^1\n/)
  expect(data).toContain(`${value}\n`)
  const anonymous = db?.Mounts.find(({ Destination }) => Destination === '/anonymous')?.Name
  if (killed.anonymous !== undefined) expect(anonymous).toBe(killed.anonymous)
  expect(await project.volumes()).toEqual([`${project.name}_data`])
  expect((await project.networks()).length).toBe(3)
  // The lock of the dead is free, at once; where there was nothing left to do, nobody has taken it yet.
  const lock = await bench.driver.lock(project.name, { description: 'test' }, 0, new AbortController().signal)
  await lock.release()
  expect(await mustRun('docker', ['volume', 'ls', '-q', '--filter', 'name=windflow-'])).not.toContain(project.name)
}

async function expectNothingToDo(project: TestProject): Promise<void> {
  const own = openBench()
  const again = await mustDeploy(own, await project.read())
  expect(again.outcome.status).toBe('unchanged')
  expect(own.client.takeWrites()).toEqual([])
  await own.driver.close()
}

type Point = readonly [step: string, when: 'before' | 'after']

function points(steps: readonly string[]): Point[] {
  const names = steps.map(killPoint)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  return names.flatMap((name): Point[] => [
    [name, 'before'],
    [name, 'after'],
  ])
}

/** All of them, a few at a time, and all failures at once. */
async function eachPoint(all: readonly Point[], run: (point: Point) => Promise<void>): Promise<void> {
  const waiting = [...all]
  const failures: string[] = []
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (let point = waiting.shift(); point; point = waiting.shift()) {
        try {
          await run(point)
        } catch (error) {
          failures.push(`killed ${point[1]} ${point[0]}: ${error instanceof Error ? error.message : String(error)}`)
        }
      }
    }),
  )
  expect(failures).toEqual([])
}

interface Scenario {
  /** What runs before, if anything. */
  readonly before?: string
  readonly fatal: string
}

async function prepare({ before, fatal }: Scenario, label: string) {
  const project = await TestProject.create(label)
  const previous = before === undefined ? undefined : await project.define(before)
  if (previous) await mustDeploy(bench, previous)
  const made = await project.containers()
  const anonymous = made[`${project.name}-db-1`]?.Mounts.find(({ Destination }) => Destination === '/anonymous')?.Name
  return { project, previous, anonymous, volumes: await project.volumes(), desired: await project.define(fatal) }
}

/** Steps that are carried out when nobody dies: those of the plan, and those of the way back. */
async function stepsOf(scenario: Scenario, label: string): Promise<{ planned: string[]; back: string[] }> {
  const { project, previous, desired } = await prepare(scenario, label)
  const back: string[] = []
  try {
    const result: OperationResult = await deployWith(bench, desired, {
      ...(previous && { previous }),
      onEvent: (event) => {
        if (event.type === 'restore-started') back.push(...event.plan.steps.map(({ id }) => id))
      },
    })
    return { planned: result.plan.steps.map(({ id }) => id), back }
  } finally {
    await project.remove()
  }
}

async function killThen(
  scenario: Scenario,
  label: string,
  [step, when]: Point,
  finish: (killed: Killed) => Promise<void>,
): Promise<void> {
  const prepared = await prepare(scenario, label)
  const { project, previous, desired } = prepared
  try {
    await dieAt({ desired, ...(previous && { previous }), step, when })
    await finish({ ...prepared, step, when })
  } finally {
    await project.remove()
  }
}

/** The same command again. */
async function upAgain(killed: Killed, value: string, source = yaml(value)): Promise<void> {
  await mustDeploy(bench, await killed.project.define(source), {
    ...(killed.previous && { previous: killed.previous }),
  })
  await expectRelease(killed, value)
  await expectNothingToDo(killed.project)
}

describe('a process that is killed at any step', () => {
  test('of a first deployment is made good by up', { timeout: 600_000 }, async () => {
    const scenario = { fatal: yaml('1') }
    const { planned } = await stepsOf(scenario, 'killsteps')
    await eachPoint(points(planned), (point) => killThen(scenario, 'kill', point, (killed) => upAgain(killed, '1')))
  })

  test('of an update is made good by up', { timeout: 900_000 }, async () => {
    const scenario = { before: yaml('1'), fatal: yaml('2') }
    const { planned } = await stepsOf(scenario, 'killsteps')
    expect(planned.map((id) => id.split('/')[0])).toEqual(expect.arrayContaining(['publish', 'withdraw', 'stop']))
    await eachPoint(points(planned), (point) => killThen(scenario, 'kill', point, (killed) => upAgain(killed, '2')))
  })

  test('of an update is made good by a rollback to the release before', { timeout: 900_000 }, async () => {
    const scenario = { before: yaml('1'), fatal: yaml('2') }
    const { planned } = await stepsOf(scenario, 'killsteps')
    await eachPoint(points(planned), (point) => killThen(scenario, 'kill', point, (killed) => upAgain(killed, '1')))
  })

  test('of the way back from a failed update is made good by up', { timeout: 900_000 }, async () => {
    const scenario = { before: yaml('1'), fatal: yaml('2', 'false') }
    const { back } = await stepsOf(scenario, 'killsteps')
    expect(back.length).toBeGreaterThan(3)
    await eachPoint(points(back), (point) => killThen(scenario, 'kill', point, (killed) => upAgain(killed, '1')))
  })
})
