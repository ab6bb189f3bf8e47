import type { Service } from '@windflow/compose'
import { EngineError } from '@windflow/engine'
import { type BodyContext, type Field, strings, text, value } from './field.ts'
import { sorted } from './values.ts'

/** What separates the container from the host and from other containers. */
export const isolationFields: readonly Field[] = [
  value('privileged', 'HostConfig.Privileged', (service) => service.privileged ?? false),
  value('read_only', 'HostConfig.ReadonlyRootfs', (service) => service.read_only ?? false),
  value('cap_add', 'HostConfig.CapAdd', (service) => service.cap_add && capabilities(service.cap_add), {
    normal: capabilities,
  }),
  value('cap_drop', 'HostConfig.CapDrop', (service) => service.cap_drop && capabilities(service.cap_drop), {
    normal: capabilities,
  }),
  value('security_opt', 'HostConfig.SecurityOpt', (service, context) => securityOptions(service, context), {
    normal: (found) => strings(found).filter((option) => option !== 'label=disable'),
  }),
  systemPaths(),
  value('sysctls', 'HostConfig.Sysctls', (service) => service.sysctls),
  value('ipc', 'HostConfig.IpcMode', (service, context) => namespace(service.ipc, 'IPC', context), {
    defaults: ['private', 'shareable'],
  }),
  value('pid', 'HostConfig.PidMode', (service, context) => namespace(service.pid, 'PID', context)),
  value('uts', 'HostConfig.UTSMode', (service) => service.uts),
  value('userns_mode', 'HostConfig.UsernsMode', (service) => service.userns_mode),
  // The engine's default follows the host: private on cgroup 2, host on cgroup 1.
  value('cgroup', 'HostConfig.CgroupnsMode', (service) => service.cgroup, { defaults: ['host', 'private'] }),
  value('cgroup_parent', 'HostConfig.CgroupParent', (service) => service.cgroup_parent),
  value('runtime', 'HostConfig.Runtime', (service) => service.runtime, {
    defaults: ['runc', 'io.containerd.runc.v2'],
  }),
  value('isolation', 'HostConfig.Isolation', (service) => service.isolation, { defaults: ['default'] }),
]

/** As the Docker client writes them. */
function capabilities(found: unknown): unknown {
  return sorted(
    strings(found).map((name) => (/^(all|CAP_)/i.test(name) ? name.toUpperCase() : `CAP_${name.toUpperCase()}`)),
  )
}

/** `service:x` becomes the container that stands for x; anything else is the engine's own word. */
export function namespace(mode: string | undefined, kind: string, context: BodyContext): string | undefined {
  if (!mode?.startsWith('service:')) return mode
  const target = mode.slice('service:'.length)
  const container = context.resolve(target)
  if (container === undefined) {
    throw new EngineError(
      'service-without-container',
      `${context.service} shares the ${kind} namespace of ${target}, which has no container`,
      { class: 'user', hint: `deploy ${target} too, with at least one replica` },
    )
  }
  return `container:${container}`
}

function securityOptions(service: Service, context: BodyContext): string[] | undefined {
  const options = service.security_opt?.filter((option) => option !== 'systempaths=unconfined')
  return options?.map((option) => {
    const path = profilePath(option)
    return path === undefined ? option : `seccomp=${context.profiles[path] ?? path}`
  })
}

/** The file a `seccomp=` option names; undefined for a built-in profile or another option. */
export function profilePath(option: string): string | undefined {
  const match = /^seccomp[=:](.+)$/s.exec(option)
  const path = match?.[1]
  return path === undefined || path === 'unconfined' || path === 'builtin' || path.startsWith('{') ? undefined : path
}

/** `systempaths=unconfined` is an option for the client: it empties the lists of masked paths. */
function systemPaths(): Field {
  return {
    attribute: 'security_opt.systempaths',
    inspect: 'HostConfig.MaskedPaths',
    put({ host }, service) {
      if (!service.security_opt?.includes('systempaths=unconfined')) return
      host.MaskedPaths = []
      host.ReadonlyPaths = []
    },
    read: ({ host }) =>
      Array.isArray(host.MaskedPaths) && host.MaskedPaths.length === 0 && host.Privileged !== true
        ? text('unconfined')
        : undefined,
  }
}
