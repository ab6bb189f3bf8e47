import { readFile } from 'node:fs/promises'
import { type Driver, deploy, destroy } from '@windflow/engine'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEngine, type TestEngine } from '../../../scripts/testing/engine.ts'
import { startSshd, type TestSshd } from '../../../scripts/testing/sshd.ts'
import { type DockerObserved, dockerDriver } from '../src/index.ts'
import type { TargetAddress } from '../src/targets/target.ts'
import { operationOptions, TestProject } from './harness.ts'

let engine: TestEngine
let sshd: TestSshd

beforeAll(async () => {
  ;[engine, sshd] = await Promise.all([startEngine({ tls: true, images: ['busybox:1'] }), startSshd()])
})
afterAll(async () => {
  await Promise.all([engine?.stop(), sshd?.stop()])
})

const TARGETS: Readonly<Record<string, () => Promise<TargetAddress>>> = {
  TLS: async () => {
    const read = (name: string) => readFile(`${engine.tls?.files.clientFolder}/${name}`, 'utf8')
    return {
      url: engine.tls?.dockerHost ?? '',
      tls: { ca: await read('ca.pem'), cert: await read('cert.pem'), key: await read('key.pem') },
    }
  },
  SSH: async () => ({
    url: `ssh://${sshd.user}@${sshd.host}:${sshd.port}${engine.socketPath}`,
    ssh: { knownHostsFiles: [sshd.knownHostsFile], identityFiles: [sshd.keyFile], agent: 'none', configFiles: [] },
  }),
}

const yaml = (value: string, check = 'true') => `
services:
  web:
    image: busybox:1
    init: true
    stop_grace_period: 1s
    command: sh -c "cp /etc/app.conf /tmp/seen; cat /run/secrets/token >> /tmp/seen; exec sleep 1000"
    environment: {V: "${value}"}
    configs: [{source: app, target: /etc/app.conf}]
    secrets: [token]
    healthcheck: {test: [CMD-SHELL, "${check}"], interval: 100ms, retries: 3}
configs: {app: {file: app.conf}}
secrets: {token: {environment: TOKEN}}
`

describe.each(Object.entries(TARGETS))('an engine on another machine, over %s', (_name, target) => {
  test('gets a deployment, files included, an update that fails, and the way back', async () => {
    const project = await TestProject.forTest('faraway', { TOKEN: 'secret' })
    await project.write({ 'app.conf': 'configuration\n' })
    const driver: Driver<DockerObserved> = await dockerDriver({ target: await target(), environment: {} })
    try {
      const first = await project.define(yaml('1'))
      const made = await deploy(driver, { desired: first, options: {} }, operationOptions())
      expect(made.outcome).toMatchObject({ status: 'succeeded', warnings: [] })
      const session = await driver.exec(
        project.name,
        'web',
        { command: ['cat', '/tmp/seen'] },
        AbortSignal.timeout(60_000),
      )
      expect(await new Response(session.stdout).text()).toBe('configuration\nsecret')

      const again = await deploy(driver, { desired: await project.read(), options: {} }, operationOptions())
      expect(again.outcome.status).toBe('unchanged')

      const id = (await engine.docker('ps', '-q', '--filter', project.filter)).trim()
      const desired = await project.define(yaml('2', 'false'))
      const failed = await deploy(driver, { desired, options: {}, previous: first }, operationOptions())
      expect(failed.outcome).toMatchObject({ status: 'rolled_back', failure: { code: 'container-unhealthy' } })
      expect((await engine.docker('ps', '-aq', '--filter', project.filter)).trim()).toBe(id)

      const request = { volumes: false, removeOrphans: true }
      expect((await destroy(driver, desired, request, operationOptions())).outcome.status).toBe('succeeded')
      expect((await engine.docker('ps', '-aq', '--filter', project.filter)).trim()).toBe('')
    } finally {
      await driver.close()
    }
  })
})
