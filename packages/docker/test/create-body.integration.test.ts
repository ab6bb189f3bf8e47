import { afterAll, expect, test } from 'vitest'
import type { ContainerInspect } from '../src/api/index.ts'
import { mustDeploy, openBench, TestProject } from './harness.ts'
import { richFiles, richProject } from './rich.ts'

const bench = openBench()
afterAll(() => bench.driver.close())

/** What differs between two containers made from one definition: who they are, and when. */
function comparable(inspect: ContainerInspect, names: Readonly<Record<string, string>>): unknown {
  const {
    Id: _id,
    Created: _created,
    State: _state,
    LogPath: _log,
    GraphDriver: _graph,
    ResolvConfPath: _resolv,
    HostnamePath: _hostname,
    HostsPath: _hosts,
    ...rest
  } = inspect as unknown as Record<string, unknown>
  const labels = Object.fromEntries(
    Object.entries(inspect.Config.Labels ?? {}).filter(([name]) => !name.startsWith('windflow.')),
  )
  const text = JSON.stringify({ ...rest, Config: { ...inspect.Config, Labels: labels } }, (key, value) => {
    if (/^(SandboxID|SandboxKey|EndpointID|NetworkID|MacAddress|ExecIDs)$/.test(key)) return ''
    if (/^(IPAddress|Gateway|Ports)$/.test(key) || /^Args$/.test(key)) return ''
    // Asked for nothing, or asked for none: the same.
    return /^(ExtraHosts|PortBindings)$/.test(key) && Object.keys(value ?? {}).length === 0 ? null : value
  })
  let normal = text
  for (const [id, name] of Object.entries(names))
    normal = normal.replaceAll(id, `<${name}>`).replaceAll(id.slice(0, 12), `<${name}>`)
  return sortKeys(JSON.parse(normal.replaceAll(/[0-9a-f]{64}/g, '<anonymous>')))
}

/** Lists too: Docker Compose writes most in no order. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sortKeys(part)]),
  )
}

function idNames(containers: Readonly<Record<string, ContainerInspect>>): Record<string, string> {
  return Object.fromEntries(Object.entries(containers).map(([name, { Id }]) => [Id, name]))
}

test('makes the containers docker compose makes, and takes its containers for its own', async () => {
  const project = await TestProject.forTest('body', { SECRET_OF_ENVIRONMENT: 'from the environment' })
  await project.write(richFiles)
  const desired = await project.define(richProject())

  await mustDeploy(bench, desired)
  const ours = await project.containers()
  const configHash = (inspect: ContainerInspect) => inspect.Config.Labels?.['com.docker.compose.config-hash']
  const oursComparable = Object.fromEntries(
    Object.entries(ours).map(([name, inspect]) => [name, comparable(inspect, idNames(ours))]),
  )

  // Nothing to do for docker compose: the very containers stay.
  await project.up()
  const kept = await project.containers()
  expect(Object.values(kept).map(({ Id }) => Id)).toEqual(Object.values(ours).map(({ Id }) => Id))

  await project.compose(['down', '-v', '-t', '0'])
  await project.up()
  const theirs = await project.containers()
  expect(Object.keys(theirs)).toEqual(Object.keys(ours))
  for (const [name, inspect] of Object.entries(theirs)) {
    const own = ours[name]
    const mine = structuredClone(oursComparable[name]) as { Config: { Labels: Record<string, string> } }
    const other = comparable(inspect, idNames(theirs)) as typeof mine
    // The hash of a service that refers to another holds the id of its container.
    if (own && !/sidecar/.test(name)) expect(configHash(own)).toBe(configHash(inspect))
    for (const side of [mine, other]) delete side.Config.Labels['com.docker.compose.config-hash']
    expect(mine).toEqual(other)
  }

  // And nothing to do for us.
  bench.client.takeWrites()
  const result = await mustDeploy(bench, await project.read())
  expect(result.outcome.status).toBe('unchanged')
  expect(bench.client.takeWrites()).toEqual([])
})
