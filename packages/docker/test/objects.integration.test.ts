import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { mustRun, runCommand } from '../../../scripts/testing/command.ts'
import { deployWith, destroyWith, mustDeploy, openBench, TestProject } from './harness.ts'

const bench = openBench()
afterAll(() => bench.driver.close())

const QUICK =
  'image: busybox:1\n    init: true\n    stop_grace_period: 1s\n    command: sleep 1000\n    x-windflow: {gate: {stable: 10ms}}'

describe('networks and volumes', () => {
  test('declared external are used as they are, and stay when the project goes', async () => {
    const project = await TestProject.forTest('external')
    const shared = `${project.name}-shared`
    await mustRun('docker', ['network', 'create', shared])
    await mustRun('docker', ['volume', 'create', shared])
    onTestFinished(async () => {
      await runCommand('docker', ['network', 'rm', shared])
      await runCommand('docker', ['volume', 'rm', shared])
    })
    const desired = await project.define(`
services:
  web:
    ${QUICK}
    networks: [out]
    volumes: ["out:/data"]
networks: {out: {external: true, name: ${shared}}}
volumes: {out: {external: true, name: ${shared}}}
`)
    await mustDeploy(bench, desired)
    const [web] = Object.values(await project.containers())
    expect(Object.keys(web?.NetworkSettings.Networks ?? {})).toEqual([shared])
    expect(web?.Mounts.map(({ Name }) => Name)).toEqual([shared])
    const ids = Object.values(await project.containers()).map(({ Id }) => Id)
    await project.up()
    expect(Object.values(await project.containers()).map(({ Id }) => Id)).toEqual(ids)
    await destroyWith(bench, desired, true)
    expect(await mustRun('docker', ['network', 'ls', '-q', '--filter', `name=${shared}`])).not.toBe('')
    expect(await mustRun('docker', ['volume', 'ls', '-q', '--filter', `name=${shared}`])).not.toBe('')
  })

  test('declared external that are missing are named before anything is touched', async () => {
    const project = await TestProject.forTest('missing')
    const yaml = `services:\n  web:\n    ${QUICK}\n    networks: [out]\nnetworks: {out: {external: true, name: ${project.name}-nowhere}}\n`
    await expect(deployWith(bench, await project.define(yaml))).rejects.toThrow(`${project.name}-nowhere`)
    expect(await project.containers()).toEqual({})
  })

  test('that change are made again: the network with its containers connected, the volume only by consent', async () => {
    const project = await TestProject.forTest('changed')
    const yaml = (label: string, volume: string) =>
      `services:\n  web:\n    ${QUICK}\n    networks: [n]\n    volumes: ["data:/data"]\nnetworks: {n: {labels: {l: "${label}"}}}\nvolumes: {data: {labels: {l: "${volume}"}}}\n`
    await mustDeploy(bench, await project.define(yaml('1', '1')))
    const [before] = await project.networks()
    await mustDeploy(bench, await project.define(yaml('2', '1')))
    const [after, ...others] = await project.networks()
    expect(others).toEqual([])
    expect(after).not.toBe(before)
    const [web] = Object.values(await project.containers())
    expect(web?.State.Running).toBe(true)
    expect(Object.values(web?.NetworkSettings.Networks ?? {})[0]).toMatchObject({
      NetworkID: after,
      Aliases: expect.arrayContaining(['web', `${project.name}-web-1`]),
    })
    expect((await mustDeploy(bench, await project.read())).outcome.status).toBe('unchanged')

    await expect(deployWith(bench, await project.define(yaml('2', '2')))).rejects.toThrow('data would be lost')
    const consented = await deployWith(bench, await project.read(), { operation: { consent: 'data-loss' } })
    expect(consented.outcome.status).toBe('succeeded')
    const inspect = JSON.parse(await mustRun('docker', ['volume', 'inspect', `${project.name}_data`]))
    expect(inspect[0].Labels.l).toBe('2')
  })
})

describe('a probe', () => {
  const yaml = (path: string) => `
services:
  web:
    image: busybox:1
    init: true
    stop_grace_period: 1s
    command: sh -c "mkdir /www; echo ok > /www/ready; exec httpd -f -p 8080 -h /www"
    x-windflow: {gate: {stable: 10ms, timeout: 3s, http: 8080${path}}}
`
  test('asks the container at its own address until it answers well', async () => {
    const project = await TestProject.forTest('probe')
    await mustDeploy(bench, await project.define(yaml('/ready')))
  })

  test('that never gets a good answer fails the release, with what it got', async () => {
    const project = await TestProject.forTest('probefail')
    const result = await deployWith(bench, await project.define(yaml('/missing')))
    expect(result.outcome.status).toBe('rolled_back')
    expect(result.outcome.failure).toMatchObject({ code: 'gate-timeout' })
    expect(result.outcome.failure?.message).toContain('answers 404')
    expect(await project.containers()).toEqual({})
  })
})
