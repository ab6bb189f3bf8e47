import { afterAll, describe, expect, test } from 'vitest'
import { mustRun } from '../../../scripts/testing/command.ts'
import type { ComposeVersion } from '../../../scripts/testing/tools.ts'
import { type DeployOptions, deployWith, mustDeploy, openBench, TestProject } from './harness.ts'
import { richFiles, richProject } from './rich.ts'

const bench = openBench()
afterAll(() => bench.driver.close())

const SECRET = { SECRET_OF_ENVIRONMENT: 'from the environment' }

/** What must stay as it is when the other tool says that all is well. */
async function state(project: TestProject): Promise<unknown> {
  const containers = Object.values(await project.containers()).map(({ Id, Name, State }) => [
    Name,
    Id,
    State.Running,
    State.StartedAt,
  ])
  return { containers, networks: (await project.networks()).sort(), volumes: (await project.volumes()).sort() }
}

/** Small files that each put one thing to the test; none is in the rich project. */
const VARIANTS: Readonly<Record<string, string>> = {
  'a command that is cleared':
    'services: {a: {image: "busybox:1", tty: true, init: true, stop_grace_period: 1s, command: sh, entrypoint: []}}',
  'a custom network name and an alias':
    'services: {a: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, networks: {n: {aliases: [x]}}}}\nnetworks: {n: {name: NAME-custom, internal: true}}',
  'a custom volume name':
    'services: {a: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, volumes: ["vol:/v"]}}\nvolumes: {vol: {name: NAME-custom}}',
  'host network':
    'services: {a: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, network_mode: host}}',
  'no replicas and two replicas':
    'services: {a: {image: "busybox:1", init: true, command: sleep 99, scale: 0}, b: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, deploy: {replicas: 2}}}',
  'a published range':
    'services: {a: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, scale: 2, ports: ["127.0.0.1:PORT-PORT2:80"]}}',
  'profiles and optional dependencies':
    'services: {a: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, depends_on: {b: {condition: service_started, required: false}}}, b: {image: "busybox:1", profiles: [never]}}',
  'labels in list form and a dollar':
    'services: {a: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, labels: ["a=$$b", "c"], environment: ["D=$$e"]}}',
  'x- extensions':
    'services: {a: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, x-other: {deep: [1]}}}',
}

function variant(yaml: string, project: TestProject): string {
  const port = 30_000 + Math.floor(Math.random() * 10_000)
  return yaml
    .replaceAll('NAME', project.name)
    .replaceAll('PORT2', String(port + 3))
    .replaceAll('PORT', String(port))
}

const QUICKLY: DeployOptions = { plan: { gate: false } }

describe.each(Object.entries(VARIANTS))('%s', (_name, yaml) => {
  test('is the same to both tools', async () => {
    const project = await TestProject.forTest('both')
    await mustDeploy(bench, await project.define(variant(yaml, project)), QUICKLY)
    const ours = await state(project)
    await project.up()
    expect(await state(project)).toEqual(ours)

    await project.compose(['down', '-v', '-t', '0'])
    await project.up()
    const theirs = await state(project)
    bench.client.takeWrites()
    const result = await mustDeploy(bench, await project.read(), QUICKLY)
    expect(result.outcome.status).toBe('unchanged')
    expect(bench.client.takeWrites()).toEqual([])
    expect(await state(project)).toEqual(theirs)
  })
})

describe('what WindFlow made', () => {
  test('is handled by docker compose ps, logs, stop, start and down', async () => {
    const project = await TestProject.forTest('tools')
    const yaml =
      'services: {web: {image: "busybox:1", init: true, command: sh -c "echo hello; sleep 99", stop_grace_period: 1s, volumes: ["vol:/v"]}}\nvolumes: {vol: }'
    await mustDeploy(bench, await project.define(yaml), QUICKLY)
    const name = `${project.name}-web-1`
    expect((await project.compose(['ps', '--format', '{{.Name}} {{.State}}'])).stdout.trim()).toBe(`${name} running`)
    expect((await project.compose(['logs', '--no-log-prefix'])).stdout.trim()).toBe('hello')
    expect((await project.compose(['exec', '-T', 'web', 'echo', 'inside'])).stdout.trim()).toBe('inside')
    await project.compose(['stop'])
    expect((await project.containers())[name]?.State.Running).toBe(false)
    await project.compose(['start'])
    expect((await project.containers())[name]?.State.Running).toBe(true)
    expect((await project.compose(['down', '-v'])).code).toBe(0)
    expect(await state(project)).toEqual({ containers: [], networks: [], volumes: [] })
  })

  test('is updated by docker compose, whose containers are then updated by WindFlow, and so on', async () => {
    const project = await TestProject.forTest('turns')
    const yaml = (value: number) =>
      `services: {web: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, environment: {V: "${value}"}, volumes: ["/anonymous"]}}`
    const seen = async () => {
      const [only, ...others] = Object.values(await project.containers())
      expect(others).toEqual([])
      return { name: only?.Name, value: only?.Config.Env, volume: only?.Mounts[0]?.Name }
    }
    await mustDeploy(bench, await project.define(yaml(1)), QUICKLY)
    const { volume } = await seen()
    await project.write({ 'compose.yaml': yaml(2) })
    await project.up()
    expect(await seen()).toEqual({ name: `/${project.name}-web-1`, value: expect.arrayContaining(['V=2']), volume })
    await mustDeploy(bench, await project.define(yaml(3)), QUICKLY)
    expect(await seen()).toEqual({ name: `/${project.name}-web-1`, value: expect.arrayContaining(['V=3']), volume })
  })
})

describe('a project made by docker compose', () => {
  test.each<ComposeVersion>(['5.6.0', '2.26.1'])('%s is adopted without a change', async (version) => {
    const project = await TestProject.forTest('adopt', SECRET)
    await project.write({ ...richFiles, 'compose.yaml': richProject() })
    await project.up([], version)
    const theirs = await state(project)
    bench.client.takeWrites()
    const result = await mustDeploy(bench, await project.read(), QUICKLY)
    expect(result.plan.changes.filter(({ action }) => action !== 'none')).toEqual([])
    expect(bench.client.takeWrites()).toEqual([])
    expect(await state(project)).toEqual(theirs)
  })

  test.each<ComposeVersion>(['5.6.0', '2.26.1'])('%s is updated in place', async (version) => {
    const project = await TestProject.forTest('adoptup')
    const yaml = (value: string) =>
      `services: {web: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, environment: {V: "${value}"}}, kept: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s}}`
    await project.write({ 'compose.yaml': yaml('1') })
    await project.up([], version)
    const before = await project.containers()
    const result = await mustDeploy(bench, await project.define(yaml('2')), QUICKLY)
    const after = await project.containers()
    expect(result.plan.changes.map(({ resource }) => resource.name)).toEqual(['web'])
    expect(after[`${project.name}-kept-1`]?.Id).toBe(before[`${project.name}-kept-1`]?.Id)
    expect(after[`${project.name}-web-1`]?.Config.Env).toContain('V=2')
  })

  test('2.26.1 takes what WindFlow made for its own', async () => {
    const project = await TestProject.forTest('old')
    const yaml =
      'services: {web: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, environment: {A: "1"}, volumes: ["vol:/v"], networks: [n]}}\nvolumes: {vol: }\nnetworks: {n: }'
    await mustDeploy(bench, await project.define(yaml), QUICKLY)
    const ours = await state(project)
    await project.up([], '2.26.1')
    expect(await state(project)).toEqual(ours)
  })
})

describe('two at once', () => {
  test('one deployment of a project waits for the other', async () => {
    const project = await TestProject.forTest('twice')
    const yaml =
      'services: {web: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, x-windflow: {gate: {stable: 1s}}}}'
    const other = openBench()
    const [first, second] = [await project.define(yaml), await project.read()]
    const results = await Promise.all([mustDeploy(bench, first), mustDeploy(other, second)])
    expect(results.map(({ outcome }) => outcome.status).sort()).toEqual(['succeeded', 'unchanged'])
    expect(Object.keys(await project.containers())).toEqual([`${project.name}-web-1`])
    expect(await mustRun('docker', ['volume', 'ls', '-q', '--filter', `name=windflow-`])).not.toContain(project.name)
    await other.driver.close()
  })

  test('or is refused with the name of who changes it', async () => {
    const project = await TestProject.forTest('refused')
    const lock = await bench.driver.lock(
      project.name,
      { description: 'somebody (pid 1 on host)' },
      0,
      new AbortController().signal,
    )
    const desired = await project.define('services: {web: {image: "busybox:1"}}')
    await expect(deployWith(bench, desired, { operation: { waitMs: 100 } })).rejects.toThrow(
      `project "${project.name}" is being changed by somebody (pid 1 on host)`,
    )
    await lock.release()
  })

  test('a foreign docker compose up that removes the old container in between does not stop the way back', async () => {
    const project = await TestProject.forTest('foreign')
    const yaml = (value: string, check: string) =>
      `services: {web: {image: "busybox:1", init: true, command: sleep 99, stop_grace_period: 1s, environment: {V: "${value}"}, volumes: ["vol:/v"], healthcheck: {test: [CMD-SHELL, "${check}"], interval: 100ms, retries: 30}}}\nvolumes: {vol: }`
    const previous = await project.define(yaml('1', 'true'))
    await mustDeploy(bench, previous)
    const desired = await project.define(yaml('2', 'false'))
    let foreign: Promise<unknown> | undefined
    const result = await deployWith(bench, desired, {
      previous,
      onEvent: (event) => {
        if (foreign || !('step' in event) || event.step.action !== 'gate') return
        // Somebody takes the stopped old container away while the new one is being judged.
        foreign = mustRun('docker', ['rm', '-f', `${project.name}-web-1.previous`])
      },
    })
    await foreign
    expect(result.outcome.status).toBe('rolled_back')
    const containers = await project.containers()
    expect(Object.keys(containers)).toEqual([`${project.name}-web-1`])
    expect(containers[`${project.name}-web-1`]).toMatchObject({ State: { Running: true } })
    expect(containers[`${project.name}-web-1`]?.Config.Env).toContain('V=1')
  })
})
