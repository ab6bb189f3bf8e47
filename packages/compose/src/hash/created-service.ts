/**
 * What Docker Compose 5.6 changes in a service between reading the file and making its container. The config-hash label
 * is that of the service after these changes, so whoever makes or compares containers applies the same, in this order:
 * `withDefaultPlatform`, `withImageMounts`, `withApiSocket`, `withResolvedReferences`.
 *
 * Two more come from programs outside and cannot be known here: variables that a `provider` hands to the services that
 * depend on it, and address and name of `models`. Both end up in `environment` before the hash is taken.
 */
import type { Mount, Service } from '../model/index.ts'

const SERVICE = 'service:'
const CONTAINER = 'container:'

/**
 * Puts container ids in the place of other services in `network_mode`, `ipc`, `pid` and `volumes_from`.
 *
 * `containerOf` gives the full id of the first container of a service, by name of the container, or undefined when there
 * is none: what refers to it then stays as written (and the hash matches no container). In `volumes_from` the access
 * mode after the name gets lost in the hashed form, as it does in Docker Compose.
 */
export function withResolvedReferences(
  service: Service,
  containerOf: (service: string) => string | undefined,
): Service {
  const resolved = { ...service }
  for (const key of ['network_mode', 'ipc', 'pid'] as const) {
    const mode = service[key]
    if (mode?.startsWith(SERVICE)) {
      const id = containerOf(mode.slice(SERVICE.length))
      if (id !== undefined) resolved[key] = CONTAINER + id
    }
  }
  if (service.volumes_from !== undefined) {
    resolved.volumes_from = service.volumes_from.map((source) => {
      const [first = '', second] = source.split(':')
      return first === 'container' && second !== undefined ? second : (containerOf(first) ?? source)
    })
  }
  return resolved
}

/** With `use_api_socket`: the socket of the engine, and the credentials of the user as a config, in their usual place. */
export function withApiSocket(service: Service): Service {
  if (!service.use_api_socket) return service
  const socket = '/var/run/docker.sock'
  const environment = { ...service.environment }
  if (!Object.hasOwn(environment, 'DOCKER_CONFIG')) environment.DOCKER_CONFIG = '/run/secrets/docker'
  return {
    ...service,
    environment,
    volumes: [...(service.volumes ?? []), { type: 'bind', source: socket, target: socket }],
    configs: [...(service.configs ?? []), { source: API_SOCKET_CONFIG, target: '/run/secrets/docker/config.json' }],
  }
}

/** Key of the config that `withApiSocket` refers to. Its content is a Docker client configuration with `auths`. */
export const API_SOCKET_CONFIG = '#apisocket'

/**
 * Mounts of `type: image` may name a service: its image is mounted then. `hasImage` says whether the engine has an image
 * of that name, which wins over a service.
 */
export function withImageMounts(service: Service, project: string, hasImage: (name: string) => boolean): Service {
  if (!service.volumes?.some(isImageMount)) return service
  const volumes = service.volumes.map((mount) => {
    if (!isImageMount(mount) || mount.source === undefined || hasImage(mount.source)) return mount
    const built = `${project}-${mount.source}`
    return hasImage(built) ? { ...mount, source: built } : mount
  })
  return { ...service, volumes }
}

const isImageMount = (mount: Mount) => mount.type === 'image'

/** A service that is built and names no platform runs on that of DOCKER_DEFAULT_PLATFORM. */
export function withDefaultPlatform(service: Service, platform: string | undefined): Service {
  if (service.build === undefined || service.platform || !platform) return service
  return { ...service, platform }
}
