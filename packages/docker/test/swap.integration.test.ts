import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { mustRun } from '../../../scripts/testing/command.ts'
import { deployWith, mustDeploy, openBench, TestProject } from './harness.ts'

const bench = openBench()
afterAll(() => bench.driver.close())

/** A web server that answers with its version, from one second after its start on, and a client that never stops asking. */
function yaml(version: string, check = 'wget -q -O /dev/null http://127.0.0.1/'): string {
  return `
services:
  web:
    image: busybox:1
    init: true
    stop_grace_period: 2s
    command: sh -c "mkdir -p /www; echo ${version} > /www/index.html; sleep 1; exec httpd -f -p 80 -h /www"
    healthcheck: {test: [CMD-SHELL, "${check}"], interval: 200ms, retries: 20}
  client:
    image: busybox:1
    init: true
    stop_grace_period: 1s
    command:
      - sh
      - -c
      - |
        while true; do
          answer=$$(timeout 5 wget -q -O - http://web/ 2>&1) && echo "ok $$answer" || echo "failed $$answer"
        done
    depends_on: {web: {condition: service_healthy}}
    x-windflow: {gate: {stable: 10ms}}
`
}

async function answers(project: TestProject): Promise<string[]> {
  const log = await mustRun('docker', ['logs', `${project.name}-client-1`])
  return log.split('\n').filter((line) => line !== '')
}

describe('a start-first swap', () => {
  test('does not fail one request of a client that resolves the name each time', async () => {
    const project = await TestProject.forTest('swap')
    await mustDeploy(bench, await project.define(yaml('one')))
    const before = await project.containers()
    await sleep(500)
    for (const version of ['two', 'three']) await mustDeploy(bench, await project.define(yaml(version)))
    await sleep(1500)

    const seen = await answers(project)
    expect(seen.filter((line) => !line.startsWith('ok'))).toEqual([])
    expect(new Set(seen)).toEqual(new Set(['ok one', 'ok two', 'ok three']))
    expect(seen.at(-1)).toBe('ok three')
    const after = await project.containers()
    expect(Object.keys(after)).toEqual(Object.keys(before))
    expect(after[`${project.name}-client-1`]?.Id).toBe(before[`${project.name}-client-1`]?.Id)
  })

  test('keeps answering from the old container while the new one is unhealthy, and after it was given up', async () => {
    const project = await TestProject.forTest('swapfail')
    await mustDeploy(bench, await project.define(yaml('one')))
    const before = await project.containers()
    const result = await deployWith(
      bench,
      await project.define(yaml('two', 'false').replace('retries: 20', 'retries: 8')),
    )
    expect(result.outcome.status).toBe('rolled_back')
    await sleep(300)

    expect(new Set(await answers(project))).toEqual(new Set(['ok one']))
    const after = await project.containers()
    expect(Object.values(after).map(({ Id }) => Id)).toEqual(Object.values(before).map(({ Id }) => Id))
    const endpoint = after[`${project.name}-web-1`]?.NetworkSettings.Networks?.[`${project.name}_default`]
    expect(endpoint?.Aliases).toContain('web')
  })

  test('is one that docker compose takes for its own', async () => {
    const project = await TestProject.forTest('swapown')
    await mustDeploy(bench, await project.define(yaml('one')))
    await mustDeploy(bench, await project.define(yaml('two')))
    const ours = await project.containers()
    await project.up()
    expect(Object.values(await project.containers()).map(({ Id }) => Id)).toEqual(
      Object.values(ours).map(({ Id }) => Id),
    )
  })
})
