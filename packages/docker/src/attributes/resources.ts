import type { DeviceRequest, Service, ThrottleDevice, Ulimit } from '@windflow/compose'
import { type Field, isRecord, records, value } from './field.ts'
import { bytes, compact, hundredths, nanoCpus } from './values.ts'

const THROTTLES = {
  device_read_bps: 'BlkioDeviceReadBps',
  device_read_iops: 'BlkioDeviceReadIOps',
  device_write_bps: 'BlkioDeviceWriteBps',
  device_write_iops: 'BlkioDeviceWriteIOps',
} as const

/** Shares of the machine: processors, memory, disks, devices. */
export const resourceFields: readonly Field[] = [
  value('cpus', 'HostConfig.NanoCpus', (service) => cpus(service.deploy?.resources.limits?.cpus ?? service.cpus), {
    normal: (found) => Number(found) / 1e9,
    nested: { 'deploy.resources.limits.cpus': 'HostConfig.NanoCpus' },
  }),
  value('cpu_count', 'HostConfig.CpuCount', (service) => service.cpu_count),
  value('cpu_percent', 'HostConfig.CpuPercent', (service) =>
    service.cpu_percent === undefined ? undefined : hundredths(service.cpu_percent),
  ),
  value('cpu_shares', 'HostConfig.CpuShares', (service) => service.cpu_shares),
  value('cpu_period', 'HostConfig.CpuPeriod', (service) => service.cpu_period),
  value('cpu_quota', 'HostConfig.CpuQuota', (service) => service.cpu_quota),
  value('cpu_rt_period', 'HostConfig.CpuRealtimePeriod', (service) => service.cpu_rt_period),
  value('cpu_rt_runtime', 'HostConfig.CpuRealtimeRuntime', (service) => service.cpu_rt_runtime),
  value('cpuset', 'HostConfig.CpusetCpus', (service) => service.cpuset),
  value('mem_limit', 'HostConfig.Memory', (service) => memoryLimit(service), {
    nested: { 'deploy.resources.limits.memory': 'HostConfig.Memory' },
  }),
  value(
    'mem_reservation',
    'HostConfig.MemoryReservation',
    (service) => bytes(service.deploy?.resources.reservations?.memory) || bytes(service.mem_reservation),
    { nested: { 'deploy.resources.reservations.memory': 'HostConfig.MemoryReservation' } },
  ),
  value('memswap_limit', 'HostConfig.MemorySwap', (service) => bytes(service.memswap_limit), {
    // A limit of memory alone makes the engine allow as much swap again.
    normal: (found, view) => (found === 2 * Number(view.host.Memory ?? 0) ? undefined : found),
  }),
  value('mem_swappiness', 'HostConfig.MemorySwappiness', (service) => bytes(service.mem_swappiness) || undefined),
  value(
    'pids_limit',
    'HostConfig.PidsLimit',
    (service) => service.deploy?.resources.limits?.pids || service.pids_limit || undefined,
    { nested: { 'deploy.resources.limits.pids': 'HostConfig.PidsLimit' } },
  ),
  value('shm_size', 'HostConfig.ShmSize', (service) => bytes(service.shm_size), { defaults: [64 * 1024 * 1024] }),
  blockIo(),
  value('devices', 'HostConfig.Devices', (service) => devices(service), {
    nested: {
      'devices[].source': 'HostConfig.Devices[].PathOnHost',
      'devices[].target': 'HostConfig.Devices[].PathInContainer',
      'devices[].permissions': 'HostConfig.Devices[].CgroupPermissions',
    },
  }),
  value('device_cgroup_rules', 'HostConfig.DeviceCgroupRules', (service) => service.device_cgroup_rules),
  value('gpus', 'HostConfig.DeviceRequests', (service) => deviceRequests(service), {
    normal: (found) => records(found).map((request) => compact({ ...request })),
    nested: {
      'gpus[].capabilities': 'HostConfig.DeviceRequests[].Capabilities',
      'gpus[].count': 'HostConfig.DeviceRequests[].Count',
      'gpus[].device_ids': 'HostConfig.DeviceRequests[].DeviceIDs',
      'gpus[].driver': 'HostConfig.DeviceRequests[].Driver',
      'gpus[].options': 'HostConfig.DeviceRequests[].Options',
      'deploy.resources.reservations.devices': 'HostConfig.DeviceRequests',
      'deploy.resources.reservations.devices[].capabilities': 'HostConfig.DeviceRequests[].Capabilities',
      'deploy.resources.reservations.devices[].count': 'HostConfig.DeviceRequests[].Count',
      'deploy.resources.reservations.devices[].device_ids': 'HostConfig.DeviceRequests[].DeviceIDs',
      'deploy.resources.reservations.devices[].driver': 'HostConfig.DeviceRequests[].Driver',
      'deploy.resources.reservations.devices[].options': 'HostConfig.DeviceRequests[].Options',
    },
  }),
  value('ulimits', 'HostConfig.Ulimits', (service) => service.ulimits && ulimits(service.ulimits), {
    normal: (found) =>
      Object.fromEntries(
        records(found)
          .map((limit) => [String(limit.Name), { soft: limit.Soft, hard: limit.Hard }] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    nested: { 'ulimits.*.soft': 'HostConfig.Ulimits[].Soft', 'ulimits.*.hard': 'HostConfig.Ulimits[].Hard' },
  }),
]

function cpus(count: number | undefined): number | undefined {
  return count === undefined ? undefined : nanoCpus(count)
}

function memoryLimit(service: Service): number | undefined {
  return bytes(service.deploy?.resources.limits?.memory) || bytes(service.mem_limit)
}

function blockIo(): Field {
  const nested: Record<string, string> = {
    'blkio_config.weight': 'HostConfig.BlkioWeight',
    'blkio_config.weight_device': 'HostConfig.BlkioWeightDevice',
    'blkio_config.weight_device[].path': 'HostConfig.BlkioWeightDevice[].Path',
    'blkio_config.weight_device[].weight': 'HostConfig.BlkioWeightDevice[].Weight',
  }
  for (const [attribute, field] of Object.entries(THROTTLES)) {
    nested[`blkio_config.${attribute}`] = `HostConfig.${field}`
    nested[`blkio_config.${attribute}[].path`] = `HostConfig.${field}[].Path`
    nested[`blkio_config.${attribute}[].rate`] = `HostConfig.${field}[].Rate`
  }
  return {
    attribute: 'blkio_config',
    inspect: 'HostConfig.BlkioWeight',
    nested,
    put({ host }, service) {
      const config = service.blkio_config
      if (!config) return
      if (config.weight !== undefined) host.BlkioWeight = config.weight
      if (config.weight_device)
        host.BlkioWeightDevice = config.weight_device.map(({ Path, Weight }) => ({ Path, Weight }))
      for (const [attribute, field] of throttles()) {
        const list = config[attribute]
        if (list) host[field] = list.map(({ Path, Rate }: ThrottleDevice) => ({ Path, Rate: Number(Rate) }))
      }
    },
    read: ({ host }) =>
      compact({
        weight: host.BlkioWeight,
        weight_device: host.BlkioWeightDevice,
        ...Object.fromEntries(throttles().map(([attribute, field]) => [attribute, host[field]])),
      }),
  }
}

function throttles(): readonly (readonly [keyof typeof THROTTLES, string])[] {
  return Object.entries(THROTTLES) as [keyof typeof THROTTLES, string][]
}

/** A name of the Container Device Interface: `vendor.example/class=name`. */
function isCdiName(source: string): boolean {
  return /^[A-Za-z][\w.-]*\/[A-Za-z][\w.-]*=[\w.:-]+$/.test(source)
}

function devices(service: Service): unknown {
  const plain = service.devices?.filter(
    ({ source, target }) => source !== undefined && !(source === target && isCdiName(source)),
  )
  if (!plain || plain.length === 0) return undefined
  return plain.map(({ source, target, permissions }) => ({
    PathOnHost: source,
    PathInContainer: target ?? source,
    CgroupPermissions: permissions ?? 'rwm',
  }))
}

function deviceRequests(service: Service): unknown {
  const requests = (service.deploy?.resources.reservations?.devices ?? []).map((request) =>
    deviceRequest(request, request.capabilities ?? []),
  )
  const cdi = (service.devices ?? []).flatMap(({ source, target }) =>
    source !== undefined && source === target && isCdiName(source) ? [source] : [],
  )
  if (cdi.length > 0) requests.push({ Driver: 'cdi', DeviceIDs: cdi })
  for (const request of service.gpus ?? [])
    requests.push(deviceRequest(request, [...(request.capabilities ?? []), 'gpu']))
  return requests.length === 0 ? undefined : requests
}

function deviceRequest(request: DeviceRequest, capabilities: readonly string[]): Record<string, unknown> {
  return {
    ...compact({
      Driver: request.driver,
      Count: request.count,
      DeviceIDs: request.device_ids,
      Options: request.options,
    }),
    Capabilities: [capabilities],
  }
}

function ulimits(limits: Readonly<Record<string, Ulimit>>): unknown {
  return Object.entries(limits).map(([name, limit]) =>
    isRecord(limit)
      ? { Name: name, Soft: limit.soft ?? 0, Hard: limit.hard ?? 0 }
      : { Name: name, Soft: limit, Hard: limit },
  )
}
