import type { Mount, Project, Service, Volume } from '@windflow/compose'
import type { Finding, PolicyOptions } from './finding.ts'
import { isInside, normalisePath } from './paths.ts'

/** Sockets through which a container commands the engine, and with it the host. */
const SOCKETS = [
  '/var/run/docker.sock',
  '/run/docker.sock',
  '/var/run/podman/podman.sock',
  '/run/podman/podman.sock',
  '/var/run/containerd/containerd.sock',
  '/run/containerd/containerd.sock',
  '/var/run/crio/crio.sock',
  '/run/crio/crio.sock',
]

const SOCKET_HINT = 'use a socket proxy that lets through only what is needed, or do without'
const PATH_HINT = 'use a named volume, a config or a path inside the stack, or have the folder allowed'

/** Mounts of a service that reach the host. */
export function checkMounts(name: string, service: Service, options: PolicyOptions): Finding[] {
  const at = `services.${name}`
  const findings: Finding[] = (service.volumes ?? []).flatMap((mount, i) =>
    checkMount(name, `${at}.volumes[${i}]`, mount, options),
  )
  if (service.use_api_socket) {
    const message = 'gets the socket of the engine and its credentials'
    findings.push({
      code: 'docker-socket',
      severity: 'high',
      service: name,
      path: `${at}.use_api_socket`,
      message,
      hint: SOCKET_HINT,
    })
  }
  service.volumes_from?.forEach((from, i) => {
    if (!from.startsWith('container:')) return
    findings.push({
      code: 'foreign-volume',
      severity: 'high',
      service: name,
      path: `${at}.volumes_from[${i}]`,
      message: `mounts the volumes of a container outside the stack (${from.slice('container:'.length)})`,
      hint: 'share a named volume instead',
    })
  })
  return findings
}

function checkMount(service: string, path: string, mount: Mount, options: PolicyOptions): Finding[] {
  const source = mount.source ?? ''
  const findings: Finding[] = []
  if (mount.type === 'npipe' || (mount.type === 'bind' && reachesSocket(source))) {
    const message = `mounts ${source}, through which the engine, and so the host, can be commanded`
    findings.push({ code: 'docker-socket', severity: 'high', service, path, message, hint: SOCKET_HINT })
  } else if (mount.type === 'bind' && !isInside(source, options.allowedPaths)) {
    const writes = mount.read_only ? 'reads' : 'reads and writes'
    const message = `${writes} ${source} of the host, which is outside the allowed folders`
    const severity = mount.read_only ? 'medium' : 'high'
    findings.push({ code: 'host-path', severity, service, path, message, hint: PATH_HINT })
  }
  const propagation = mount.bind?.propagation
  if (propagation === 'shared' || propagation === 'rshared') {
    findings.push({
      code: 'mount-propagation',
      severity: 'high',
      service,
      path,
      message: `what the container mounts below ${source} is mounted on the host too (${propagation})`,
      hint: 'use rprivate, or rslave to see mounts of the host',
    })
  }
  return findings
}

/** A socket itself, or a folder in which one lies. */
function reachesSocket(source: string): boolean {
  const normal = normalisePath(source)
  if (normal === undefined) return /pipe[\\/]+docker/i.test(source)
  return SOCKETS.some((socket) => socket === normal || isInside(socket, [normal]))
}

/** Volumes that are a path of the host in disguise, or belong to somebody else. */
export function checkVolumes(model: Project, options: PolicyOptions): Finding[] {
  return Object.entries(model.volumes ?? {}).flatMap(([key, volume]) => [
    ...hiddenBind(key, volume, options),
    ...foreignVolume(model, key, volume),
  ])
}

function hiddenBind(key: string, volume: Volume, options: PolicyOptions): Finding[] {
  const path = `volumes.${key}.driver_opts`
  const given = volume.driver_opts ?? {}
  const flags = (given.o ?? '').split(',').map((flag) => flag.trim())
  const type = given.type ?? ''
  const device = given.device ?? given.mountpoint ?? ''
  const binds = flags.some((flag) => flag === 'bind' || flag === 'rbind') || given.mountpoint !== undefined
  // A file system on a device (`type: ext4, device: /dev/sda1`) or another kernel one is the host's as well.
  const local = type !== 'tmpfs' && type !== 'nfs' && type !== 'nfs4' && type !== 'cifs' && device.startsWith('/')
  const overlay = flags.some((flag) => /^(lowerdir|upperdir|workdir)=/.test(flag))
  if (!binds && !local && !overlay) return []
  if (reachesSocket(device)) {
    const message = `is a mount of ${device}, through which the engine can be commanded`
    return [{ code: 'docker-socket', severity: 'high', path, message, hint: SOCKET_HINT }]
  }
  if (!overlay && isInside(device, options.allowedPaths)) return []
  const message = `is a mount of ${device || given.o || 'a path'} of the host, not a volume of its own`
  return [{ code: 'hidden-bind', severity: 'high', path, message, hint: PATH_HINT }]
}

function foreignVolume(model: Project, key: string, volume: Volume): Finding[] {
  const path = `volumes.${key}`
  if (volume.external) {
    const message = `uses volume "${volume.name ?? key}", which is not the stack's own`
    const hint = 'make sure that its data may be seen and changed from here'
    return [{ code: 'foreign-volume', severity: 'medium', path, message, hint }]
  }
  if (volume.name === undefined || volume.name.startsWith(`${model.name}_`)) return []
  const message = `is called "${volume.name}" whatever the project: another one's volume of that name would be used`
  const hint = 'leave the name out to have it named after the project'
  return [{ code: 'foreign-volume', severity: 'low', path: `${path}.name`, message, hint }]
}
