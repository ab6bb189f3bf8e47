import type { ContainerSummary } from '@windflow/docker'

/** One container as `ps --format json` prints it: the fields and names of docker compose, and the release. */
export interface PsRow {
  readonly ID: string
  readonly Name: string
  readonly Image: string
  readonly Command: string
  readonly Project: string
  readonly Service: string
  /** `2026-01-02 13:23:37 +0000 UTC`. */
  readonly CreatedAt: string
  readonly RunningFor: string
  readonly State: string
  readonly Status: string
  /** Empty without a health check. */
  readonly Health: string
  readonly ExitCode: number
  readonly Ports: string
  readonly Publishers: readonly Publisher[]
  readonly Networks: string
  readonly Mounts: string
  readonly LocalVolumes: string
  readonly Labels: string
  /** The release that made it; absent when WindFlow did not. */
  readonly Release?: number
}

export interface Publisher {
  readonly URL: string
  readonly TargetPort: number
  readonly PublishedPort: number
  readonly Protocol: string
}

const SHORT_ID = 12
const SHORT_COMMAND = 20
const SHORT_MOUNT = 15

/** What the engine's list says of one container. `now` in milliseconds since 1970. Pure. */
export function psRow(summary: ContainerSummary, options: { readonly truncate: boolean; readonly now: number }): PsRow {
  const labels = summary.Labels ?? {}
  const publishers = publishersOf(summary)
  const mounts = summary.Mounts ?? []
  const release = Number(labels['windflow.release'])
  const cut = (text: string, length: number) => (options.truncate ? shorten(text, length) : text)
  return {
    ID: options.truncate ? summary.Id.slice(0, SHORT_ID) : summary.Id,
    Name: nameOf(summary),
    Image: summary.Image,
    Command: `"${cut(summary.Command, SHORT_COMMAND)}"`,
    Project: labels['com.docker.compose.project'] ?? '',
    Service: labels['com.docker.compose.service'] ?? '',
    CreatedAt: `${new Date(summary.Created * 1000).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`,
    RunningFor: `${humanDuration(options.now / 1000 - summary.Created)} ago`,
    State: summary.State,
    Status: summary.Status,
    Health: healthOf(summary.Status),
    ExitCode: Number(/^Exited \((\d+)\)/.exec(summary.Status)?.[1] ?? 0),
    Ports: publishers.map(portText).join(', '),
    Publishers: publishers,
    Networks: Object.keys(summary.NetworkSettings?.Networks ?? {}).join(','),
    Mounts: mounts.map((mount) => cut(mount.Name ?? mount.Source, SHORT_MOUNT)).join(','),
    LocalVolumes: String(mounts.filter((mount) => mount.Type === 'volume').length),
    Labels: Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
    ...(release > 0 && { Release: release }),
  }
}

export function nameOf(summary: ContainerSummary): string {
  return (summary.Names[0] ?? '').replace(/^\//, '')
}

function healthOf(status: string): string {
  const said = /\((?:health: )?(healthy|unhealthy|starting)\)$/.exec(status)
  return said?.[1] ?? ''
}

function publishersOf(summary: ContainerSummary): Publisher[] {
  const ports = (summary.Ports ?? []).map((port) => ({
    URL: port.IP ?? '',
    TargetPort: port.PrivatePort,
    PublishedPort: port.PublicPort ?? 0,
    Protocol: port.Type,
  }))
  return ports.sort((a, b) => a.TargetPort - b.TargetPort || (a.URL < b.URL ? -1 : a.URL > b.URL ? 1 : 0))
}

function portText({ URL: ip, TargetPort: target, PublishedPort: published, Protocol: protocol }: Publisher): string {
  if (published === 0) return `${target}/${protocol}`
  return `${ip.includes(':') ? `[${ip}]` : ip}:${published}->${target}/${protocol}`
}

function shorten(text: string, length: number): string {
  const characters = [...text]
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text
}

/** A length of time in the words of the docker CLI: `About a minute`, `3 hours`. */
export function humanDuration(seconds: number): string {
  const whole = Math.floor(seconds)
  if (whole < 1) return 'Less than a second'
  if (whole === 1) return '1 second'
  if (whole < 60) return `${whole} seconds`
  const minutes = Math.floor(seconds / 60)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.floor(seconds / 3600 + 0.5)
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`
  return `${Math.floor(hours / 24 / 365)} years`
}
