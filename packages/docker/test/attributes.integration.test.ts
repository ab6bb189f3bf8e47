import type { Desired } from '@windflow/engine'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type ContainerInspect,
  createNetwork,
  createVolume,
  inspectContainer,
  inspectNetwork,
  inspectVolume,
  type NetworkInspect,
  type VolumeInspect,
} from '../src/api/index.ts'
import { compareVersions } from '../src/api/version.ts'
import { attributesOf, expectedAttributes } from '../src/attributes/body.ts'
import { isRecord, viewOf } from '../src/attributes/field.ts'
import {
  expectedNetwork,
  expectedVolume,
  networkAttributes,
  networkBody,
  volumeAttributes,
  volumeBody,
} from '../src/attributes/objects.ts'
import { attributeTable, serviceFields } from '../src/attributes/table.ts'
import { openBench, TestProject } from './harness.ts'

/** Every attribute that ends in a creation body, on containers that are made and never started. */
const PROJECT = `
services:
  everything:
    image: busybox:1
    command: ["sleep", "1"]
    entrypoint: ["/bin/busybox"]
    environment: {A: "1", B: }
    labels: {author: "1"}
    annotations: {note: "1"}
    user: "1000:1000"
    working_dir: /tmp
    group_add: ["27"]
    tty: true
    stdin_open: true
    init: true
    restart: on-failure:3
    stop_signal: SIGINT
    stop_grace_period: 3s
    healthcheck: {test: [CMD, "true"], interval: 2s, timeout: 3s, retries: 4, start_period: 5s, start_interval: 1s}
    logging: {driver: json-file, options: {max-size: 1m}}
    oom_score_adj: 100
    oom_kill_disable: true
    cpus: 0.5
    cpu_count: 2
    cpu_percent: 12
    cpu_shares: 512
    cpuset: "0"
    mem_limit: 64m
    mem_reservation: 32m
    memswap_limit: 96m
    mem_swappiness: 10
    pids_limit: 100
    shm_size: 32m
    devices: ["/dev/null:/dev/other:rw"]
    device_cgroup_rules: ["c 1:3 mr"]
    gpus: [{driver: example, count: 1, capabilities: [one], options: {a: b}}]
    ulimits: {nofile: {soft: 1000, hard: 2000}, nproc: 500}
    privileged: true
    read_only: true
    cap_add: [NET_ADMIN]
    cap_drop: [MKNOD]
    security_opt: ["no-new-privileges:true"]
    sysctls: {net.core.somaxconn: "512"}
    cgroup_parent: /windflow-test
    hostname: chosen
    domainname: example.org
    ports: ["127.0.0.1:45871:80/udp"]
    expose: ["7000-7001"]
    dns: [10.0.0.1]
    dns_opt: ["ndots:2"]
    dns_search: [example.com]
    extra_hosts: ["other=10.0.0.2"]
    mac_address: 02:42:ac:11:65:43
    networks:
      one:
        priority: 10
        aliases: [first]
        ipv4_address: SUBNET.9
        ipv6_address: fd00:SIX::9
        link_local_ips: [169.254.8.8]
        driver_opts: {com.example.option: "1"}
        mac_address: 02:42:ac:11:65:43
      two:
    external_links: ["elsewhere:there"]
    links: [other]
    volumes:
      - /anonymous
      - named:/named:ro
      - {type: volume, source: named, target: /nocopy, volume: {nocopy: true, labels: {l: "1"}}}
      - {type: volume, source: named, target: /folder, volume: {SUBPATH}}
      - ./bound:/bound:z
      - {type: bind, source: ., target: /private, bind: {propagation: rprivate, create_host_path: false, recursive: disabled}, consistency: cached}
      - {type: tmpfs, target: /memory, tmpfs: {size: 65536, mode: 0755}}
    tmpfs: ["/run:size=64k"]
    depends_on: [other]
  other:
    image: busybox:1
    volumes: [/shared]
    healthcheck: {disable: true}
    security_opt: ["systempaths=unconfined"]
    deploy:
      restart_policy: {condition: on-failure, max_attempts: 2}
      resources:
        limits: {cpus: "0.25", memory: 32m, pids: 50}
        reservations:
          memory: 16m
          devices: [{driver: example, device_ids: [one], capabilities: [gpu], options: {a: b}}]
  sharing:
    image: busybox:1
    network_mode: service:other
    ipc: service:other
    pid: service:other
    volumes_from: [other]
    depends_on: [other]
  disks:
    image: busybox:1
    cpu_period: 100000
    cpu_quota: 50000
    cgroup: private
    userns_mode: host
    ipc: host
    pid: host
    uts: host
    runtime: runc
    isolation: default
    blkio_config:
      device_read_bps: [{path: /dev/DISK, rate: 1mb}]
      device_read_iops: [{path: /dev/DISK, rate: 100}]
      device_write_bps: [{path: /dev/DISK, rate: 1mb}]
      device_write_iops: [{path: /dev/DISK, rate: 100}]
networks:
  one:
    enable_ipv6: true
    driver: bridge
    driver_opts: {com.docker.network.bridge.enable_icc: "true"}
    internal: true
    attachable: true
    labels: {author: "1"}
    ipam:
      driver: default
      options: {foo: bar}
      config:
        - {subnet: SUBNET.0/24, ip_range: SUBNET.0/25, gateway: SUBNET.1, aux_addresses: {printer: SUBNET.5}}
        - {subnet: "fd00:SIX::/64"}
  two:
volumes:
  named: {driver: local, driver_opts: {type: tmpfs, device: tmpfs, o: size=64k}, labels: {author: "1"}}
`

/** What the engines of these tests cannot keep: their kernel or version has no place for it. */
const NOT_KEPT_HERE: Readonly<Record<string, string>> = {
  annotations: 'API 1.43',
  cpu_rt_period: 'a kernel with real-time groups',
  cpu_rt_runtime: 'a kernel with real-time groups',
  storage_opt: 'a file system with quotas',
  cpu_percent: 'Windows',
  'blkio_config.weight': 'a kernel whose I/O scheduler knows weights',
  'blkio_config.weight_device': 'a kernel whose I/O scheduler knows weights',
  'blkio_config.weight_device[].path': 'a kernel whose I/O scheduler knows weights',
  'blkio_config.weight_device[].weight': 'a kernel whose I/O scheduler knows weights',
  mac_address: 'read back from the network, below',
  runtime: 'runc is the default: nothing to see',
  isolation: 'default is the only value outside Windows',
  cgroup: 'both values are a default somewhere',
}

describe('attributes of containers', () => {
  const bench = openBench()
  let project: TestProject
  let desired: Desired
  const inspects: Record<string, ContainerInspect> = {}
  let apiVersion = ''

  beforeAll(async () => {
    project = await TestProject.create('attributes')
    const octet = Math.floor(Math.random() * 250)
    const disk = (await bench.client.json<{ readonly DockerRootDir: string }>('GET', '/info')) && (await blockDevice())
    apiVersion = await bench.client.apiVersion()
    const yaml = PROJECT.replaceAll('SUBNET', `10.212.${octet}`)
      .replaceAll('SIX', octet.toString(16))
      .replaceAll('/dev/DISK', disk)
      .replaceAll('SUBPATH', compareVersions(apiVersion, '1.45') < 0 ? '' : 'subpath: folder')
    desired = await project.define(yaml)
    const signal = new AbortController().signal
    const observed = await bench.driver.observe(desired, signal)
    const plan = await bench.driver.plan(desired, observed, { gate: false }, signal)
    const context = { desired, plan, signal, report: () => {} }
    // References to containers of other services are to what runs; nothing runs here.
    for (const step of plan.steps) if (/^create/.test(step.action)) await bench.driver.perform(step, context)
    for (const [name, inspect] of Object.entries(await project.containers()))
      inspects[name.replace(`${project.name}-`, '').replace(/-1$/, '')] = inspect
  })
  afterAll(async () => {
    await project?.remove()
    await bench.driver.close()
  })

  test('are read back as they were asked for', async () => {
    for (const [name, inspect] of Object.entries(inspects)) {
      const resolve = (service: string) => inspects[service]?.Id
      const options = { apiVersion, sharesFiles: true, proxies: {}, profiles: {}, image: {} }
      const expected = expectedAttributes(desired.model, name, resolve, options)
      const seen = attributesOf(inspect, { Cmd: ['sh'] }, desired.model)
      const kept = Object.fromEntries(Object.entries(expected).filter(([attribute]) => !(attribute in NOT_KEPT_HERE)))
      expect({ [name]: seen }).toEqual({ [name]: expect.objectContaining(kept) })
      // And nothing is seen that was not asked for.
      expect(Object.keys(seen).filter((attribute) => !(attribute in expected))).toEqual([])
    }
  })

  test('are all among these containers', () => {
    const seen = new Set(
      Object.values(inspects).flatMap((inspect) =>
        serviceFields
          .filter((field) => field.read(viewOf(inspect, {}, {})) !== undefined)
          .map(({ attribute }) => attribute),
      ),
    )
    const missing = serviceFields.map(({ attribute }) => attribute).filter((attribute) => !seen.has(attribute))
    expect(missing.filter((attribute) => !(attribute in NOT_KEPT_HERE))).toEqual([])
  })

  const named = serviceFields.flatMap((field) => [
    [field.attribute, field.inspect] as const,
    ...Object.entries(field.nested ?? {}),
  ])
  test('show at the fields the table names', () => {
    const hidden = named.flatMap(([attribute, where]) => {
      if (attribute in NOT_KEPT_HERE || needsNewer(where)) return []
      const places = where.split(', ').filter((place) => /^[A-Z]\w+(\.|\[\]|$| \(API)/.test(place))
      return places
        .map((place) => place.replace(/ .*$/, ''))
        .filter((path) => !Object.values(inspects).some((inspect) => found(inspect, path)))
        .map((path) => `${attribute}: ${path}`)
    })
    expect(hidden).toEqual([])
  })

  function needsNewer(where: string): boolean {
    const version = /\(API ([0-9.]+)\)/.exec(where)?.[1]
    return version !== undefined && compareVersions(apiVersion, version) < 0
  }

  test('of the primary network hold the address of its card', async () => {
    const inspect = await inspectContainer(bench.client, inspects.everything?.Id ?? '')
    const seen = JSON.stringify([inspect.Config, inspect.NetworkSettings.Networks])
    expect(seen.toLowerCase()).toContain('02:42:ac:11:65:43')
  })
})

describe('attributes of networks and volumes', () => {
  const bench = openBench()
  let project: TestProject
  let network: NetworkInspect
  let volume: VolumeInspect
  let desired: Desired

  beforeAll(async () => {
    project = await TestProject.create('objects')
    const octet = Math.floor(Math.random() * 250)
    desired = await project.define(
      PROJECT.replaceAll('SUBNET', `10.211.${octet}`).replaceAll('SIX', octet.toString(16)).replaceAll('SUBPATH', ''),
    )
    const labels = { 'com.docker.compose.project': project.name }
    const definition = desired.model.networks?.one ?? { ipam: {} }
    const { Id } = await createNetwork(bench.client, networkBody(`${project.name}_one`, definition, labels))
    network = await inspectNetwork(bench.client, Id)
    await createVolume(bench.client, volumeBody(`${project.name}_named`, desired.model.volumes?.named ?? {}, labels))
    volume = await inspectVolume(bench.client, `${project.name}_named`)
  })
  afterAll(async () => {
    await project?.remove()
    await bench.driver.close()
  })

  test('are read back as they were asked for', () => {
    const definition = desired.model.networks?.one ?? { ipam: {} }
    expect(networkAttributes(network, definition)).toEqual(expectedNetwork(definition))
    expect(volumeAttributes(volume)).toEqual(expectedVolume(desired.model.volumes?.named ?? {}))
  })

  const named = attributeTable().flatMap(({ path, where }) => {
    const [, kind, attribute] = /^(networks|volumes)\.\*\.(.+)$/.exec(path) ?? []
    return kind !== undefined && attribute !== undefined && /^[A-Z]/.test(where) ? [[path, where, kind] as const] : []
  })
  test('show at the fields the table names', () => {
    const seen = named.filter(([, where]) => !/\(API/.test(where))
    const hidden = seen.filter(([, where, kind]) => !found(kind === 'networks' ? network : volume, where))
    expect(seen.length).toBeGreaterThan(15)
    expect(hidden).toEqual([])
  })
})

/** Whether anything is at the path; `[]` and `*` mean any entry. */
function found(value: unknown, path: string): boolean {
  const [first = '', ...rest] = path.split('.')
  const name = first.replace('[]', '')
  if (!isRecord(value)) return false
  const inside = name === '*' ? Object.values(value) : [value[name]]
  const entries = first.endsWith('[]') ? inside.flatMap((list) => (Array.isArray(list) ? list : [])) : inside.flat()
  if (rest.length === 0) return entries.some((entry) => entry !== undefined && entry !== null)
  return entries.some((entry) => found(entry, rest.join('.')))
}

async function blockDevice(): Promise<string> {
  const { readdirSync } = await import('node:fs')
  const name = readdirSync('/dev').find((device) => /^(vd|sd|xvd|nvme\d+n|loop)[a-z0-9]+$/.test(device))
  return `/dev/${name ?? 'null'}`
}
