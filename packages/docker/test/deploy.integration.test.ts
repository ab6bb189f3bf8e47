import { createServer } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { deployWith, destroyWith, mustDeploy, openBench, TestProject } from './harness.ts'

const bench = openBench()
afterAll(() => bench.driver.close())

const QUICK = 'image: busybox:1\n    init: true\n    stop_grace_period: 1s'

function ten(changed: string): string {
  const services = Array.from({ length: 10 }, (_, index) => {
    const environment = index === 4 ? changed : 'same'
    return `  s${index}:\n    ${QUICK}\n    command: sleep 1000\n    environment: {VALUE: "${environment}"}\n    x-windflow: {gate: {stable: 10ms}}`
  })
  return `services:\n${services.join('\n')}\n`
}

describe('a deployment', () => {
  test('makes everything the first time, and writes nothing the second time', async () => {
    const project = await TestProject.forTest('first')
    const yaml = `
services:
  web:
    ${QUICK}
    command: sleep 1000
    healthcheck: {test: [CMD, "true"], interval: 100ms}
    volumes: ["data:/data"]
    depends_on: {store: {condition: service_healthy}}
  store:
    ${QUICK}
    command: sleep 1000
    healthcheck: {test: [CMD, "true"], interval: 100ms}
  job:
    ${QUICK}
    command: "true"
    x-windflow: {job: true}
volumes: {data: }
`
    const first = await mustDeploy(bench, await project.define(yaml))
    expect(first.outcome.status).toBe('succeeded')
    const made = await project.containers()
    expect(Object.keys(made)).toEqual([`${project.name}-job-1`, `${project.name}-store-1`, `${project.name}-web-1`])
    expect(made[`${project.name}-web-1`]?.Config.Labels).toMatchObject({
      'windflow.release': '1',
      'windflow.deployment': `test/${project.name}`,
    })

    bench.client.takeWrites()
    const second = await mustDeploy(bench, await project.read())
    expect(second.outcome.status).toBe('unchanged')
    expect(bench.client.takeWrites()).toEqual([])
    const started = (containers: typeof made) => Object.values(containers).map(({ Id, State }) => [Id, State.StartedAt])
    expect(started(await project.containers())).toEqual(started(made))
  })

  test('touches the one service of ten that changed', async () => {
    const project = await TestProject.forTest('ten')
    await mustDeploy(bench, await project.define(ten('before')))
    const before = await project.containers()
    const result = await mustDeploy(bench, await project.define(ten('after')))
    const after = await project.containers()

    expect(result.plan.changes.map(({ resource, action }) => `${action} ${resource.name}`)).toEqual(['replace s4'])
    expect(result.plan.changes[0]?.fields).toEqual([{ path: 'environment.VALUE', ...hiddenOr('before', 'after') }])
    expect(Object.keys(after)).toEqual(Object.keys(before))
    for (const [name, { Id, State }] of Object.entries(after)) {
      const same = before[name]?.Id === Id
      expect([name, same]).toEqual([name, name !== `${project.name}-s4-1`])
      expect(State.Running).toBe(true)
    }
  })

  test('puts the very container back, with its data, when the new one never gets healthy', async () => {
    const project = await TestProject.forTest('restore')
    const yaml = (check: string) => `
services:
  db:
    ${QUICK}
    command: sh -c "echo kept >> /anonymous/file; sleep 1000"
    volumes: ["/anonymous", "named:/named"]
    healthcheck: {test: [CMD, "${check}"], interval: 100ms, retries: 1}
volumes: {named: }
`
    await mustDeploy(bench, await project.define(yaml('true')))
    const before = await project.containers()
    const volumes = await project.volumes()
    const result = await deployWith(bench, await project.define(yaml('false')))

    expect(result.outcome.status).toBe('rolled_back')
    expect(result.outcome.failure).toMatchObject({ code: 'container-unhealthy' })
    const after = await project.containers()
    const [old] = Object.values(before)
    expect(Object.keys(after)).toEqual(Object.keys(before))
    expect(after[`${project.name}-db-1`]).toMatchObject({ Id: old?.Id, State: { Running: true }, Mounts: old?.Mounts })
    expect(await project.volumes()).toEqual(volumes)
  })

  test('takes anonymous volumes over to the new container', async () => {
    const project = await TestProject.forTest('anonymous')
    const yaml = (value: string) => `
services:
  db:
    ${QUICK}
    command: sleep 1000
    environment: {V: "${value}"}
    volumes: ["/anonymous"]
    x-windflow: {gate: {stable: 10ms}}
`
    await mustDeploy(bench, await project.define(yaml('1')))
    const [before] = Object.values(await project.containers())
    await mustDeploy(bench, await project.define(yaml('2')))
    const [after] = Object.values(await project.containers())
    expect(after?.Id).not.toBe(before?.Id)
    expect(after?.Mounts[0]?.Name).toBe(before?.Mounts[0]?.Name)
  })

  test('shows the last lines of a container that exits, and leaves nothing of a first deployment behind', async () => {
    const project = await TestProject.forTest('exits')
    const result = await deployWith(
      bench,
      await project.define(`services:\n  web:\n    ${QUICK}\n    command: sh -c "echo no configuration; exit 3"\n`),
    )
    expect(result.outcome.status).toBe('rolled_back')
    expect(result.outcome.failure?.code).toBe('container-exited')
    expect(result.outcome.failure?.lines).toEqual(['no configuration'])
    expect(await project.containers()).toEqual({})
    expect(await project.networks()).toEqual([])
  })

  test('refuses a port another process holds before it touches anything', async () => {
    const project = await TestProject.forTest('port')
    const yaml = (port: number) => `
services:
  web:
    ${QUICK}
    command: sleep 1000
    ports: ["127.0.0.1:${port}:80"]
    x-windflow: {gate: {stable: 10ms}}
`
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const taken = typeof address === 'object' && address ? address.port : 0
    try {
      const result = await deployWith(bench, await project.define(yaml(taken)))
      expect(result.outcome.status).toBe('failed')
      expect(result.outcome.failure).toMatchObject({ code: 'port-taken' })
      expect(result.outcome.failure?.message).toContain('another process')
      expect(await project.networks()).toEqual([])
    } finally {
      server.close()
    }
  })

  test('names the container that holds a port', async () => {
    const holder = await TestProject.forTest('holder')
    const project = await TestProject.forTest('wanter')
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const yaml = `
services:
  web:
    ${QUICK}
    command: sleep 1000
    ports: ["127.0.0.1:${port}:80"]
    x-windflow: {gate: {stable: 10ms}}
`
    await mustDeploy(bench, await holder.define(yaml))
    const result = await deployWith(bench, await project.define(yaml))
    expect(result.outcome.failure).toMatchObject({ code: 'port-taken' })
    expect(result.outcome.failure?.message).toContain(`container ${holder.name}-web-1 of project ${holder.name}`)
    // A change of the holder itself keeps the port.
    await mustDeploy(bench, await holder.define(yaml.replace('sleep 1000', 'sleep 1001')))
  })

  test('copies configs and secrets into containers of an engine on another machine', async () => {
    const project = await TestProject.forTest('remote', { TOKEN: 'from the environment' })
    const remote = openBench({ local: false })
    await project.write({ 'app.conf': 'from a file\n' })
    const desired = await project.define(`
services:
  web:
    ${QUICK}
    command: sleep 1000
    configs: [{source: app, target: /etc/app.conf, mode: 0440, uid: "7", gid: "8"}]
    secrets: [token]
    x-windflow: {gate: {stable: 10ms}}
configs: {app: {file: app.conf}}
secrets: {token: {environment: TOKEN}}
`)
    await mustDeploy(remote, desired)
    const session = await remote.driver.exec(
      project.name,
      'web',
      { command: ['sh', '-c', 'cat /etc/app.conf /run/secrets/token; stat -c "%u %g %a" /etc/app.conf'] },
      new AbortController().signal,
    )
    expect(await new Response(session.stdout).text()).toBe('from a file\nfrom the environment7 8 440\n')
    await remote.driver.close()
  })

  test('runs pre_start before, post_start after the start, and pre_stop before the stop', async () => {
    const project = await TestProject.forTest('hooks')
    const yaml = (value: string) => `
services:
  web:
    ${QUICK}
    command: sh -c "echo main >> /log/lines; sleep 1000"
    environment: {V: "${value}"}
    volumes: ["log:/log"]
    pre_start:
      - command: sh -c "echo before >> /log/lines"
    post_start:
      - command: sh -c "sleep 0.2; echo after >> /log/lines"
    pre_stop:
      - command: sh -c "echo stopping >> /log/lines"
    x-windflow: {gate: {stable: 10ms}}
volumes: {log: }
`
    await mustDeploy(bench, await project.define(yaml('1')))
    await mustDeploy(bench, await project.define(yaml('2')))
    const session = await bench.driver.exec(
      project.name,
      'web',
      { command: ['cat', '/log/lines'] },
      new AbortController().signal,
    )
    expect((await new Response(session.stdout).text()).trim().split('\n')).toEqual([
      ...['before', 'main', 'after', 'stopping'],
      ...['before', 'main', 'after'],
    ])
    expect(Object.keys(await project.containers())).toEqual([`${project.name}-web-1`])
  })

  test.each(['pre_start', 'post_start'])(
    'ends when a %s hook fails, with what the hook said, and leaves nothing',
    async (kind) => {
      const project = await TestProject.forTest('hookfails')
      const yaml = (command: string) =>
        `services:\n  web:\n    ${QUICK}\n    command: sleep 1000\n    ${kind}:\n      - command: sh -c "${command}"\n    x-windflow: {gate: {stable: 10ms}}\n`
      const result = await deployWith(bench, await project.define(yaml('echo no database >&2; exit 4')))
      expect(result.outcome.status).toBe('rolled_back')
      expect(result.outcome.failure).toMatchObject({ code: 'hook-failed' })
      expect(JSON.stringify(result.outcome.failure)).toMatch(/exited with code 4.*no database/)
      expect(await project.containers()).toEqual({})
      await mustDeploy(bench, await project.define(yaml('true')))
      expect(Object.keys(await project.containers())).toEqual([`${project.name}-web-1`])
    },
  )

  test('shares namespaces and volumes with another service, and follows when that one is replaced', async () => {
    const project = await TestProject.forTest('shared')
    const yaml = (value: string) => `
services:
  base:
    ${QUICK}
    command: sleep 1000
    environment: {V: "${value}"}
    volumes: ["/data"]
    x-windflow: {gate: {stable: 10ms}}
  side:
    ${QUICK}
    command: sleep 1000
    network_mode: service:base
    volumes_from: [base]
    depends_on: [base]
    x-windflow: {gate: {stable: 10ms}}
`
    await mustDeploy(bench, await project.define(yaml('1')))
    await mustDeploy(bench, await project.define(yaml('2')))
    const containers = await project.containers()
    const base = containers[`${project.name}-base-1`]
    expect(containers[`${project.name}-side-1`]?.HostConfig.NetworkMode).toBe(`container:${base?.Id}`)
    await project.up()
    expect(Object.values(await project.containers()).map(({ Id }) => Id)).toEqual(
      Object.values(containers).map(({ Id }) => Id),
    )
    const again = await mustDeploy(bench, await project.read())
    expect(again.outcome.status).toBe('unchanged')
  })

  test('removes the project, and its volumes only when asked', async () => {
    const project = await TestProject.forTest('destroy')
    const yaml = `services:\n  web:\n    ${QUICK}\n    command: sleep 1000\n    volumes: ["data:/data"]\n    x-windflow: {gate: {stable: 10ms}}\nvolumes: {data: }\n`
    const desired = await project.define(yaml)
    await mustDeploy(bench, desired)
    expect((await destroyWith(bench, desired, false)).outcome.status).toBe('succeeded')
    expect(await project.containers()).toEqual({})
    expect(await project.networks()).toEqual([])
    expect(await project.volumes()).toEqual([`${project.name}_data`])
    expect((await destroyWith(bench, desired, true)).outcome.status).toBe('succeeded')
    expect(await project.volumes()).toEqual([])
  })
})

function hiddenOr(before: string, after: string): Record<string, unknown> {
  return {
    before: expect.toBeOneOf([before, '(hidden)']),
    after: expect.toBeOneOf([after, '(hidden)']),
    sensitive: true,
  }
}
