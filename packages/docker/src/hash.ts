import {
  type Project,
  type Service,
  serviceHash,
  withApiSocket,
  withImageMounts,
  withResolvedReferences,
} from '@windflow/compose'
import type { ResolveContainer } from '@windflow/engine'

/**
 * The config hash of a service whose definition is not hashed as it stands: Docker Compose puts container ids in the
 * place of references to services, and names of images in the place of services whose image is mounted, first.
 */
export function resolvedHash(
  model: Project,
  name: string,
  resolve: ResolveContainer,
  hasImage: (reference: string) => boolean,
): string {
  const service = model.services[name]
  if (!service) throw new TypeError(`no service "${name}" in the model`)
  const mounted = withImageMounts(withApiSocket(service), model.name, hasImage)
  return serviceHash(withResolvedReferences(mounted, resolve))
}

/** Whether a service refers to containers of others, so that its hash depends on their ids. */
export function refersToOthers(service: Service): boolean {
  return (
    [service.network_mode, service.ipc, service.pid].some((mode) => mode?.startsWith('service:')) ||
    (service.volumes_from ?? []).length > 0
  )
}
