import Type, { type Static } from 'typebox'
import { part, StringMap, Strings } from './part.ts'

/** How a service joins a network. */
export const NetworkAttachment = part({
  aliases: Type.Optional(Strings),
  driver_opts: Type.Optional(StringMap),
  gw_priority: Type.Optional(Type.Integer()),
  interface_name: Type.Optional(Type.String()),
  ipv4_address: Type.Optional(Type.String()),
  ipv6_address: Type.Optional(Type.String()),
  link_local_ips: Type.Optional(Strings),
  mac_address: Type.Optional(Type.String()),
  priority: Type.Optional(Type.Integer()),
})
export type NetworkAttachment = Static<typeof NetworkAttachment>

export const AddressPool = part({
  subnet: Type.Optional(Type.String()),
  gateway: Type.Optional(Type.String()),
  ip_range: Type.Optional(Type.String()),
  aux_addresses: Type.Optional(StringMap),
})
export type AddressPool = Static<typeof AddressPool>

export const Ipam = part({
  driver: Type.Optional(Type.String()),
  config: Type.Optional(Type.Array(AddressPool)),
  options: Type.Optional(StringMap),
})
export type Ipam = Static<typeof Ipam>

/** A top-level network. `name` is the name on the engine; `ipam` is always there. */
export const Network = part({
  name: Type.Optional(Type.String()),
  driver: Type.Optional(Type.String()),
  driver_opts: Type.Optional(StringMap),
  ipam: Ipam,
  external: Type.Optional(Type.Boolean()),
  internal: Type.Optional(Type.Boolean()),
  attachable: Type.Optional(Type.Boolean()),
  labels: Type.Optional(StringMap),
  enable_ipv4: Type.Optional(Type.Boolean()),
  enable_ipv6: Type.Optional(Type.Boolean()),
})
export type Network = Static<typeof Network>
