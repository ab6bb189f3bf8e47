import type { NetworkAttachment, Project, Service } from '@windflow/compose'
import { EngineError } from '@windflow/engine'
import type { EndpointSettings } from '../api/types.ts'
import { type BodyContext, type Field, isRecord, knows, records, strings, text, value } from './field.ts'
import { namespace } from './isolation.ts'
import { compact, exposedPorts, sorted } from './values.ts'

/** One request may carry several networks since Docker 25; before, the others are joined one by one. */
export const MANY_NETWORKS = '1.44'
const INTERFACE_NAME = 'com.docker.network.endpoint.ifname'

/** How the container is reached, and what it reaches under which name. */
export const networkingFields: readonly Field[] = [
  ownName('hostname', 'Config.Hostname', (service) => service.hostname),
  ownName('domainname', 'Config.Domainname', (service) => service.domainname),
  {
    attribute: 'network_mode',
    inspect: 'HostConfig.NetworkMode',
    put({ host }, service, context) {
      host.NetworkMode = networkMode(service, context)
    },
    // A network's name here only says which one is primary.
    read: ({ host }) =>
      /^(host|none|bridge|container:.*)$/.test(text(host.NetworkMode)) ? host.NetworkMode : undefined,
  },
  endpoints(),
  {
    attribute: 'links',
    inspect: 'NetworkSettings.Networks.*.Links',
    put({ host }, service, context) {
      const links = linksOf(service, context)
      if (links.length > 0) host.Links = links
    },
    // Each link has numbered aliases beside its own; they follow from it.
    read: ({ endpoints }) => {
      const links = Object.values(endpoints).flatMap(({ Links }) => Links ?? [])
      const own = [...new Set(links)].filter((link) => !/-\d+$/.test(link))
      return own.length === 0 ? undefined : own.sort()
    },
  },
  value('ports', 'HostConfig.PortBindings', (service) => portBindings(service), {
    normal: (found) =>
      Object.entries(isRecord(found) ? found : {})
        .flatMap(([target, bindings]) =>
          records(bindings).map(({ HostIp, HostPort }) => portText(text(HostIp), text(HostPort), target)),
        )
        .sort(),
    nested: {
      'ports[].target': 'HostConfig.PortBindings',
      'ports[].protocol': 'HostConfig.PortBindings',
      'ports[].published': 'HostConfig.PortBindings.*[].HostPort',
      'ports[].host_ip': 'HostConfig.PortBindings.*[].HostIp',
    },
  }),
  value('expose', 'Config.ExposedPorts', (service) => exposed(service), {
    normal: (found, view) => {
      const given = isRecord(view.image.ExposedPorts) ? view.image.ExposedPorts : {}
      const bound = isRecord(view.host.PortBindings) ? view.host.PortBindings : {}
      // Compose 2.26 wrote here what the author wrote (`8000-8002/udp`).
      return Object.keys(isRecord(found) ? found : {})
        .flatMap(exposedPorts)
        .filter((port) => !(port in given) && !(port in bound))
        .sort()
    },
  }),
  value('dns', 'HostConfig.Dns', (service) => service.dns),
  value('dns_opt', 'HostConfig.DnsOptions', (service) => service.dns_opt),
  value('dns_search', 'HostConfig.DnsSearch', (service) => service.dns_search),
  value(
    'extra_hosts',
    'HostConfig.ExtraHosts',
    (service) => service.extra_hosts?.map((entry) => entry.replace('=', ':')),
    { normal: (found) => sorted(strings(found)) },
  ),
  {
    attribute: 'mac_address',
    inspect: 'NetworkSettings.Networks.*.MacAddress',
    put({ config }, service, context) {
      // Newer engines take the address from the endpoint and warn about this field.
      const address = service.mac_address ?? primaryAttachment(service)?.mac_address
      if (address !== undefined && !knows(context, MANY_NETWORKS)) config.MacAddress = address
    },
    // The engine shows the address it chose itself as well: it cannot be told from a wish.
    read: () => undefined,
  },
]

/** The engine names a container after its id when nobody else does, and after whoever shares its network with it. */
function ownName(attribute: string, inspect: string, of: (service: Service) => string | undefined): Field {
  return value(attribute, inspect, of, {
    normal: (found, { host }) =>
      /^[0-9a-f]{12}$/.test(text(found)) || /^(host$|container:)/.test(text(host.NetworkMode)) ? undefined : found,
  })
}

function networkMode(service: Service, context: BodyContext): string {
  if (service.network_mode !== undefined) return namespace(service.network_mode, 'network', context) ?? ''
  const [primary] = networkKeys(context.model, service)
  return primary === undefined ? 'none' : nameOf(context.model, primary)
}

/** Keys of the networks the service joins, the primary one first; empty when it has a network mode or none exist. */
export function networkKeys(model: Project, service: Service): string[] {
  if (service.network_mode !== undefined || Object.keys(model.networks ?? {}).length === 0) return []
  const attached = Object.entries(service.networks ?? {})
  if (attached.length === 0) return ['default']
  return attached
    .sort(([a, one], [b, other]) => (other?.priority ?? 0) - (one?.priority ?? 0) || (a < b ? -1 : 1))
    .map(([key]) => key)
}

function nameOf(model: Project, key: string): string {
  return model.networks?.[key]?.name ?? `${model.name}_${key}`
}

function primaryAttachment(service: Service): NetworkAttachment | null | undefined {
  const attached = Object.entries(service.networks ?? {}).sort(
    ([a, one], [b, other]) => (other?.priority ?? 0) - (one?.priority ?? 0) || (a < b ? -1 : 1),
  )
  return attached[0]?.[1]
}

/** How the container joins one network. Used at creation, and again each time it leaves and comes back. */
export function endpointSettings(
  service: Service,
  key: string,
  aliases: readonly string[],
  context: Pick<BodyContext, 'service' | 'apiVersion' | 'model' | 'number' | 'linked'>,
): EndpointSettings {
  const attachment = service.networks?.[key]
  const primary = networkKeys(context.model, service)[0] === key
  if (primary && service.mac_address && attachment?.mac_address && attachment.mac_address !== service.mac_address) {
    throw new EngineError(
      'bad-mac-address',
      `service ${context.service} asks for two addresses on network ${key}: mac_address ${service.mac_address} and networks.${key}.mac_address ${attachment.mac_address}`,
      { class: 'user', hint: 'keep one of them' },
    )
  }
  if (attachment?.interface_name !== undefined && !knows(context, '1.49')) {
    throw new EngineError(
      'engine-too-old',
      `networks.${key}.interface_name of service ${context.service} needs Docker 28.1 or newer`,
      { class: 'user', hint: 'remove interface_name, or update the engine' },
    )
  }
  const links = linksOf(service, context)
  const mac = attachment?.mac_address ?? (primary ? service.mac_address : undefined)
  const options = { ...attachment?.driver_opts }
  if (attachment?.interface_name !== undefined) options[INTERFACE_NAME] ??= attachment.interface_name
  const addresses = compact({
    IPv4Address: attachment?.ipv4_address,
    IPv6Address: attachment?.ipv6_address,
    LinkLocalIPs: attachment?.link_local_ips?.filter((address) => address !== ''),
  })
  return {
    Aliases: [...aliases],
    ...(links.length > 0 && { Links: links }),
    ...(attachment && { IPAMConfig: addresses ?? {} }),
    ...(mac !== undefined && { MacAddress: mac }),
    ...(Object.keys(options).length > 0 && { DriverOpts: options }),
    ...(attachment?.gw_priority !== undefined && knows(context, '1.48') && { GwPriority: attachment.gw_priority }),
  }
}

function endpoints(): Field {
  return {
    attribute: 'networks',
    inspect: 'NetworkSettings.Networks',
    nested: {
      'networks.*.aliases': 'NetworkSettings.Networks.*.Aliases',
      'networks.*.ipv4_address': 'NetworkSettings.Networks.*.IPAMConfig.IPv4Address',
      'networks.*.ipv6_address': 'NetworkSettings.Networks.*.IPAMConfig.IPv6Address',
      'networks.*.link_local_ips': 'NetworkSettings.Networks.*.IPAMConfig.LinkLocalIPs',
      'networks.*.mac_address': 'NetworkSettings.Networks.*.MacAddress',
      'networks.*.driver_opts': 'NetworkSettings.Networks.*.DriverOpts',
      'networks.*.gw_priority': 'NetworkSettings.Networks.*.GwPriority (API 1.48)',
      'networks.*.interface_name': 'NetworkSettings.Networks.*.DriverOpts (API 1.49)',
      'networks.*.priority': 'HostConfig.NetworkMode names the network of the highest priority',
    },
    put(draft, service, context) {
      for (const key of networkKeys(context.model, service)) {
        const aliases = context.aliases[key]
        if (aliases) draft.endpoints.set(nameOf(context.model, key), endpointSettings(service, key, aliases, context))
      }
    },
    // Which networks and aliases a container has can be changed in place: the planner compares those.
    read: (view) =>
      compact(
        Object.fromEntries(
          Object.entries(view.endpoints)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, endpoint]) => [
              view.networkKeys[name] ?? name,
              compact({
                ipv4_address: endpoint.IPAMConfig?.IPv4Address,
                ipv6_address: endpoint.IPAMConfig?.IPv6Address,
                link_local_ips: endpoint.IPAMConfig?.LinkLocalIPs,
                driver_opts: endpoint.DriverOpts,
                gw_priority: endpoint.GwPriority,
              }),
            ]),
        ),
      ),
  }
}

/** Names as Compose 1 made them: each linked container under the link's alias, `service-n` and `project-service-n`. */
function linksOf(service: Service, context: Pick<BodyContext, 'model' | 'number' | 'linked'>): string[] {
  const own = (service.links ?? []).flatMap((link) => {
    const [target = '', alias = target] = link.split(':')
    return context
      .linked(target)
      .flatMap((name) => [
        `${name}:${alias}`,
        `${name}:${target}-${context.number}`,
        `${name}:${context.model.name}-${target}-${context.number}`,
      ])
  })
  const external = (service.external_links ?? []).map((link) => {
    const [target = '', alias = target] = link.split(':')
    return `${target}:${alias}`
  })
  return [...own, ...external]
}

function portBindings(service: Service): unknown {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {}
  for (const port of service.ports ?? []) {
    const target = `${port.target ?? 0}/${port.protocol ?? 'tcp'}`
    const binding = { HostIp: port.host_ip ?? '', HostPort: port.published ?? '' }
    bindings[target] = [...(bindings[target] ?? []), binding]
  }
  return Object.keys(bindings).length === 0 ? undefined : bindings
}

/** Short syntax: an address without a host port keeps both colons (`127.0.0.1::80/tcp`). */
function portText(address: string, published: string, target: string): string {
  if (address === '') return published === '' ? target : `${published}:${target}`
  return `${address.includes(':') ? `[${address}]` : address}:${published}:${target}`
}

function exposed(service: Service): unknown {
  const ports = [
    ...(service.ports ?? []).map((port) => `${port.target ?? 0}/${port.protocol ?? 'tcp'}`),
    ...(service.expose ?? []).flatMap(exposedPorts),
  ]
  return ports.length === 0 ? undefined : Object.fromEntries(ports.map((port) => [port, {}]))
}
