import type { HealthState, ObservedContainer, ObservedPort } from '@windflow/engine'
import type { ContainerInspect, ContainerSummary, EndpointSettings } from '../api/types.ts'
import { isRecord, records, text } from '../attributes/field.ts'
import { LABEL } from '../labels.ts'

/** What a list entry tells of a container: all that a no-op needs. */
export function observedContainer(summary: ContainerSummary): ObservedContainer {
  const labels = summary.Labels ?? {}
  const number = Number(labels[LABEL.number])
  const release = Number(labels[LABEL.release])
  const exitCode = /^Exited \((\d+)\)/.exec(summary.Status)?.[1]
  const optional = {
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    configHash: labels[LABEL.configHash],
    imageLabel: labels[LABEL.image],
    composeVersion: labels[LABEL.version],
    dependsOn: labels[LABEL.dependsOn],
    replaces: labels[LABEL.replace],
    imageId: summary.ImageID,
  }
  return {
    id: summary.Id,
    name: nameOf(summary.Names),
    service: labels[LABEL.service] ?? '',
    number: Number.isInteger(number) ? number : 0,
    oneoff: labels[LABEL.oneoff] === 'True',
    ...(labels[LABEL.hook] !== undefined && { hook: true }),
    state: summary.State,
    health: healthOf(summary.Status),
    createdAt: new Date(summary.Created * 1000).toISOString(),
    ...defined(optional),
    ...(labels[LABEL.operation] !== undefined && {
      windflow: defined({
        deployment: labels[LABEL.deployment],
        release: Number.isInteger(release) ? release : undefined,
        operation: labels[LABEL.operation],
      }),
    }),
    networks: Object.fromEntries(
      Object.entries(summary.NetworkSettings?.Networks ?? {}).map(([name, endpoint]) => [name, endpointOf(endpoint)]),
    ),
    mounts: (summary.Mounts ?? []).map((mount) => ({
      type: mount.Type,
      source: mount.Name ?? mount.Source,
      target: mount.Destination,
      readOnly: !mount.RW,
    })),
    ports: (summary.Ports ?? []).flatMap((port) =>
      port.PublicPort === undefined ? [] : [{ hostIp: port.IP ?? '', port: port.PublicPort, protocol: port.Type }],
    ),
  }
}

/** The same container after a closer look. */
export function inspectedContainer(
  container: ObservedContainer,
  inspect: ContainerInspect,
  attributes: Readonly<Record<string, unknown>>,
): ObservedContainer {
  return {
    ...container,
    name: inspect.Name.replace(/^\//, ''),
    state: inspect.State.Status,
    health: inspect.State.Health?.Status ?? 'none',
    createdAt: inspect.Created,
    ...(inspect.State.Status === 'exited' && { exitCode: inspect.State.ExitCode }),
    networks: Object.fromEntries(
      Object.entries(inspect.NetworkSettings.Networks ?? {}).map(([name, endpoint]) => [
        name,
        { ...container.networks[name], ...endpointOf(endpoint), aliases: aliasesOf(inspect, endpoint) },
      ]),
    ),
    ports: container.ports.length > 0 ? container.ports : portsWhenStarted(inspect),
    attributes,
  }
}

/** Aliases somebody gave: engines before 26 add the short id, and for some networks the host name. */
export function aliasesOf(inspect: ContainerInspect, endpoint: EndpointSettings): string[] {
  const own = inspect.Id.slice(0, 12)
  return (endpoint.Aliases ?? []).filter((alias) => alias !== own)
}

function endpointOf(endpoint: EndpointSettings): ObservedContainer['networks'][string] {
  const address = endpoint.IPAddress || endpoint.GlobalIPv6Address
  return { networkId: endpoint.NetworkID ?? '', ...(address && { address }) }
}

function portsWhenStarted(inspect: ContainerInspect): ObservedPort[] {
  const bindings = inspect.HostConfig.PortBindings
  return Object.entries(isRecord(bindings) ? bindings : {}).flatMap(([target, list]) =>
    records(list).flatMap(({ HostIp, HostPort }) => {
      const port = Number(text(HostPort))
      return port > 0 ? [{ hostIp: text(HostIp), port, protocol: target.split('/')[1] ?? 'tcp' }] : []
    }),
  )
}

/** The name that is not a link's: links have a second slash. */
function nameOf(names: readonly string[]): string {
  const name = names.find((candidate) => candidate.lastIndexOf('/') === 0) ?? names[0] ?? ''
  return name.replace(/^\//, '')
}

function healthOf(status: string): HealthState {
  if (status.endsWith('(healthy)')) return 'healthy'
  if (status.endsWith('(unhealthy)')) return 'unhealthy'
  return status.endsWith('(health: starting)') ? 'starting' : 'none'
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function defined<T extends Record<string, unknown>>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}
