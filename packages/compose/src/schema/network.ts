import Type from 'typebox'
import {
  as,
  driverOptions,
  either,
  element,
  flag,
  ListOfStrings,
  ListOrMapping,
  list,
  named,
  scalar,
  shared,
  text,
} from './forms.ts'

/** `external: true`, or the old form with a name in it. */
export const External = Type.Unsafe<boolean | string | { name?: string }>({
  type: ['boolean', 'string', 'object'],
  description: 'It exists already: nothing is made or removed.',
  properties: {
    name: Type.String({ description: 'Name of the existing one. Use `name` beside it.', deprecated: true }),
  },
  additionalProperties: false,
  patternProperties: { '^x-': {} },
})

const plainText = (description: string) => named(description, Type.String(), { pattern: '^.+$' })

export const Network = shared(
  'network',
  element(
    {
      name: text('Name on the engine, in the place of `PROJECT_KEY`.'),
      driver: text('Driver of the network. `bridge` when absent.'),
      driver_opts: driverOptions('Options handed to the driver.'),
      ipam: element(
        {
          driver: text('Who gives out the addresses.'),
          config: list(
            'Ranges of addresses.',
            element({
              subnet: text('Range in CIDR notation, such as `172.28.0.0/16`.'),
              ip_range: text('Part of the subnet from which containers get theirs.'),
              gateway: text('Address of the gateway.'),
              aux_addresses: plainText('Addresses the driver keeps for itself, by host name.'),
            }),
          ),
          options: plainText('Options handed to the address driver.'),
        },
        { description: 'How addresses are given out.' },
      ),
      external: External,
      internal: flag('No way out of this network.'),
      enable_ipv4: flag('Give out IPv4 addresses.'),
      enable_ipv6: flag('Give out IPv6 addresses.'),
      attachable: flag('Containers outside the project may join (swarm).'),
      labels: as(ListOrMapping, 'Labels of the network.'),
    },
    { description: 'A network that services join.', nullable: true },
  ),
)

export const NetworkUses = either(
  'Networks the service joins: a list of names, or a mapping with settings. `default` when absent.',
  ListOfStrings,
  named(
    'Networks and how the service joins each.',
    either(
      'Settings, or nothing.',
      element({
        aliases: as(ListOfStrings, 'Further names of the service on this network.'),
        interface_name: text('Name of the interface in the container.'),
        ipv4_address: text('Fixed IPv4 address.'),
        ipv6_address: text('Fixed IPv6 address.'),
        link_local_ips: as(ListOfStrings, 'Link-local addresses.'),
        mac_address: text('Fixed MAC address on this network.'),
        driver_opts: driverOptions('Options handed to the driver for this attachment.'),
        priority: scalar('Networks are joined from the highest to the lowest.', 'number'),
        gw_priority: scalar('The network with the highest number is the default gateway.', 'number'),
      }),
      Type.Null(),
    ),
  ),
)
