import { rm } from 'node:fs/promises'
import { type Desired, deploy, destroy } from '@windflow/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEngine, type TestEngine } from '../../../scripts/testing/engine.ts'
import { startSshd, type TestSshd } from '../../../scripts/testing/sshd.ts'
import { DockerDriver } from '../src/driver.ts'
import { NO_CREDENTIALS } from '../src/images/index.ts'
import { connect, resolveTarget } from '../src/targets/index.ts'
import { operationOptions, TestProject } from './harness.ts'

let engine: TestEngine
let sshd: TestSshd

beforeAll(async () => {
  ;[engine, sshd] = await Promise.all([startEngine({ tls: true, images: ['busybox:1'] }), startSshd()])
}, 120_000)

afterAll(async () => {
  await Promise.all([engine?.stop(), sshd?.stop()])
}, 60_000)

async function driverOver(kind: 'TLS' | 'SSH'): Promise<DockerDriver> {
  const target =
    kind === 'TLS'
      ? await resolveTarget({
          DOCKER_HOST: engine.tls?.dockerHost,
          DOCKER_TLS_VERIFY: '1',
          DOCKER_CERT_PATH: engine.tls?.files.clientFolder,
        })
      : {
          url: `ssh://${sshd.user}@${sshd.host}:${sshd.port}${engine.socketPath}`,
          ssh: {
            knownHostsFiles: [sshd.knownHostsFile],
            identityFiles: [sshd.keyFile],
            agent: 'none',
            configFiles: [],
          },
        }
  return new DockerDriver({
    client: await connect(target),
    credentials: NO_CREDENTIALS,
    local: false,
    environment: { DOCKER_BUILDKIT: '0' },
    proxies: async () => ({}),
  })
}

describe.each(['TLS', 'SSH'] as const)('a project on an engine behind %s', (kind) => {
  let driver: DockerDriver
  let project: TestProject

  beforeAll(async () => {
    driver = await driverOver(kind)
    project = await TestProject.create(kind.toLowerCase())
  })
  afterAll(async () => {
    await driver?.close()
    await rm(project.folder, { recursive: true, force: true })
  })

  const define = (greeting: string) =>
    project.define(`
services:
  web:
    build:
      context: .
      dockerfile_inline: |
        FROM busybox:1
        COPY greeting /greeting
    init: true
    command: sh -c "cat /greeting; echo; cat /etc/app.conf; echo; exec sleep 1000"
    environment: {GREETING: ${greeting}}
    configs: [{source: app, target: /etc/app.conf}]
    x-windflow: {gate: {stable: 10ms}}
  store:
    image: busybox:1
    init: true
    command: sleep 1000
    volumes: [data:/data]
    x-windflow: {gate: {stable: 10ms}}
configs: {app: {content: configured here}}
volumes: {data: {}}
`)
  const apply = async (desired: Desired, previous?: Desired) =>
    (await deploy(driver, { desired, options: {}, ...(previous && { previous }) }, operationOptions())).outcome

  it('is built, deployed, left alone, changed, read, entered and removed', async () => {
    await project.write({ greeting: 'built from here' })
    const first = await define('one')
    expect(await apply(first)).toMatchObject({ status: 'succeeded', warnings: [] })
    expect(await apply(first)).toMatchObject({ status: 'unchanged' })

    const lines: string[] = []
    for await (const { text } of driver.logs(project.name, { services: ['web'] }, AbortSignal.timeout(30_000)))
      lines.push(text)
    expect(lines).toEqual(['built from here', 'configured here'])

    const second = await define('two')
    expect(await apply(second, first)).toMatchObject({ status: 'succeeded', warnings: [] })
    const session = await driver.exec(
      project.name,
      'web',
      { command: ['sh', '-c', 'echo $GREETING'] },
      AbortSignal.timeout(30_000),
    )
    expect(await new Response(session.stdout).text()).toBe('two\n')
    expect(await session.exit).toBe(0)

    const removal = { volumes: true, removeOrphans: true }
    const removed = await destroy(driver, second, removal, { ...operationOptions(), consent: 'data-loss' })
    expect(removed.outcome).toMatchObject({ status: 'succeeded' })
    expect(await engine.docker('ps', '-aq', '--filter', project.filter)).toBe('')
    expect(await engine.docker('volume', 'ls', '-q', '--filter', project.filter)).toBe('')
  })
})
