import type { Network, Volume } from '@windflow/compose'
import type { Labels, NetworkCreate, NetworkInspect, VolumeCreate, VolumeInspect } from '../api/types.ts'
import { compact } from './values.ts'

/** The body that makes a network of the model, as Docker Compose 5.6 sends it. */
export function networkBody(name: string, network: Network, labels: Labels): NetworkCreate {
  const { ipam } = network
  const pools = ipam.config?.map((pool) => ({
    ...(pool.subnet !== undefined && { Subnet: pool.subnet }),
    ...(pool.ip_range !== undefined && { IPRange: pool.ip_range }),
    ...(pool.gateway !== undefined && { Gateway: pool.gateway }),
    ...(pool.aux_addresses !== undefined && { AuxiliaryAddresses: pool.aux_addresses }),
  }))
  const addressing = compact({ Driver: ipam.driver, Config: pools, Options: ipam.options })
  return {
    Name: name,
    ...(network.driver !== undefined && { Driver: network.driver }),
    ...(network.driver_opts !== undefined && { Options: network.driver_opts }),
    ...(network.internal !== undefined && { Internal: network.internal }),
    ...(network.attachable !== undefined && { Attachable: network.attachable }),
    ...(network.enable_ipv4 !== undefined && { EnableIPv4: network.enable_ipv4 }),
    ...(network.enable_ipv6 !== undefined && { EnableIPv6: network.enable_ipv6 }),
    ...(addressing && { IPAM: addressing }),
    Labels: { ...network.labels, ...labels },
  }
}

/** Comparable values of a network. Addresses the engine chose itself are no wish of the author's. */
export function networkAttributes(inspect: NetworkInspect, wanted: Network): Readonly<Record<string, unknown>> {
  const asked = (wanted.ipam.config ?? []).length > 0
  const pools = (inspect.IPAM.Config ?? []).map((pool, index) => {
    const gateway = wanted.ipam.config?.[index]?.gateway === undefined ? undefined : pool.Gateway
    return pairs({ subnet: pool.Subnet, ip_range: pool.IPRange, gateway, aux_addresses: pool.AuxiliaryAddresses })
  })
  return pairs({
    driver: inspect.Driver === 'bridge' ? undefined : inspect.Driver,
    driver_opts: inspect.Options,
    internal: inspect.Internal,
    attachable: inspect.Attachable,
    enable_ipv4: inspect.EnableIPv4 === false ? 'no' : undefined,
    enable_ipv6: inspect.EnableIPv6,
    'ipam.driver': inspect.IPAM.Driver === 'default' ? undefined : inspect.IPAM.Driver,
    'ipam.options': inspect.IPAM.Options,
    'ipam.config': asked ? pools : undefined,
    labels: authorLabels(inspect.Labels),
  })
}

export function expectedNetwork(network: Network): Readonly<Record<string, unknown>> {
  const { ipam } = network
  return pairs({
    driver: network.driver === 'bridge' ? undefined : network.driver,
    driver_opts: network.driver_opts,
    internal: network.internal,
    attachable: network.attachable,
    enable_ipv4: network.enable_ipv4 === false ? 'no' : undefined,
    enable_ipv6: network.enable_ipv6,
    'ipam.driver': ipam.driver === 'default' ? undefined : ipam.driver,
    'ipam.options': ipam.options,
    'ipam.config': ipam.config?.map((pool) => pairs({ ...pool })),
    labels: network.labels,
  })
}

export function volumeBody(name: string, volume: Volume, labels: Labels): VolumeCreate {
  return {
    Name: name,
    ...(volume.driver !== undefined && { Driver: volume.driver }),
    ...(volume.driver_opts !== undefined && { DriverOpts: volume.driver_opts }),
    Labels: { ...volume.labels, ...labels },
  }
}

export function volumeAttributes(inspect: VolumeInspect): Readonly<Record<string, unknown>> {
  return pairs({
    driver: inspect.Driver === 'local' ? undefined : inspect.Driver,
    driver_opts: inspect.Options,
    labels: authorLabels(inspect.Labels),
  })
}

export function expectedVolume(volume: Volume): Readonly<Record<string, unknown>> {
  return pairs({
    driver: volume.driver === 'local' ? undefined : volume.driver,
    driver_opts: volume.driver_opts,
    labels: volume.labels,
  })
}

function authorLabels(labels: Labels | null): Labels {
  return Object.fromEntries(
    Object.entries(labels ?? {}).filter(([name]) => !/^(com\.docker\.compose|windflow)\./.test(name)),
  )
}

function pairs(value: Record<string, unknown>): Readonly<Record<string, unknown>> {
  return compact(value) ?? {}
}
