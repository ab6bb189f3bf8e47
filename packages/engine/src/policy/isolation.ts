import type { Project, Service } from '@windflow/compose'
import type { Finding, PolicySeverity } from './finding.ts'

/** Capabilities an engine gives anyway: adding them changes nothing. */
const DEFAULT_CAPABILITIES = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
)

/** Capabilities with which a container can leave its isolation. */
const HOST_CAPABILITIES = new Set(
  'ALL BPF DAC_READ_SEARCH MAC_ADMIN MAC_OVERRIDE NET_ADMIN PERFMON SYSLOG SYS_ADMIN SYS_BOOT SYS_MODULE SYS_PTRACE SYS_RAWIO SYS_TIME'.split(
    ' ',
  ),
)

const NAMESPACES = ['network_mode', 'pid', 'ipc', 'uts', 'userns_mode', 'cgroup'] as const

/** What takes walls down between a service's container and the host. */
export function checkIsolation(name: string, service: Service): Finding[] {
  const findings: Finding[] = []
  const add = (code: Finding['code'], severity: PolicySeverity, path: string, message: string, hint: string): void => {
    findings.push({ code, severity, service: name, path: `services.${name}.${path}`, message, hint })
  }
  if (service.privileged) {
    add('privileged', 'high', 'privileged', 'has all rights on the host', 'name the capabilities and devices it needs')
  }
  const hooks = { pre_start: service.pre_start, post_start: service.post_start, pre_stop: service.pre_stop }
  for (const [kind, list] of Object.entries(hooks)) {
    list?.forEach((hook, i) => {
      if (!hook.privileged) return
      add('privileged', 'high', `${kind}[${i}].privileged`, 'the hook has all rights on the host', 'run it without')
    })
  }
  for (const key of NAMESPACES) {
    const mode = service[key]
    if (mode === 'host') {
      add('host-namespace', 'high', key, `shares the ${wordFor(key)} of the host`, `take \`${key}: host\` out`)
    } else if (mode?.startsWith('container:')) {
      const other = mode.slice('container:'.length)
      const message = `enters container "${other}", which is outside the stack`
      add('foreign-namespace', 'high', key, message, 'use `service:NAME` for a service of the stack')
    }
  }
  service.cap_add?.forEach((given, i) => {
    const capability = given.toUpperCase().replace(/^CAP_/, '')
    if (DEFAULT_CAPABILITIES.has(capability)) return
    const severity = HOST_CAPABILITIES.has(capability) ? 'high' : 'medium'
    add(
      'capability',
      severity,
      `cap_add[${i}]`,
      `has the added capability ${capability}`,
      'take it out if it runs without',
    )
  })
  service.devices?.forEach((device, i) => {
    const message = `uses the device ${device.source ?? ''} of the host`
    add('device', 'high', `devices[${i}]`, message, 'take it out if it runs without')
  })
  service.device_cgroup_rules?.forEach((rule, i) => {
    add(
      'device',
      'high',
      `device_cgroup_rules[${i}]`,
      `may use devices by rule "${rule}"`,
      'name single devices instead',
    )
  })
  if (service.gpus?.length) add('gpu', 'low', 'gpus', 'uses GPUs of the host', 'make sure that they are free for it')
  if (service.deploy?.resources.reservations?.devices?.length) {
    const path = 'deploy.resources.reservations.devices'
    add('gpu', 'low', path, 'reserves devices of the host', 'make sure that they are free for it')
  }
  service.security_opt?.forEach((given, i) => {
    const [severity, message] = securityOption(given) ?? []
    if (severity && message)
      add('security-opt', severity, `security_opt[${i}]`, message, 'take it out if it runs without')
  })
  for (const [key, value] of Object.entries(service.sysctls ?? {})) {
    add(
      'sysctl',
      'medium',
      `sysctls.${key}`,
      `sets the kernel parameter ${key}=${value}`,
      'take it out if it runs without',
    )
  }
  if (service.cgroup_parent) {
    const message = `runs in the control group ${service.cgroup_parent}, outside the engine's limits`
    add('cgroup-parent', 'medium', 'cgroup_parent', message, 'use `deploy.resources` for limits')
  }
  if (service.runtime) {
    add(
      'runtime',
      'medium',
      'runtime',
      `runs with the runtime "${service.runtime}"`,
      'make sure that it isolates as well',
    )
  }
  if (service.oom_kill_disable || (service.oom_score_adj ?? 0) < 0) {
    const path = service.oom_kill_disable ? 'oom_kill_disable' : 'oom_score_adj'
    add(
      'cgroup-parent',
      'medium',
      path,
      'others are ended before it when memory runs out',
      'set a memory limit instead',
    )
  }
  if (service.provider) {
    const message = `is made by a program on the host ("${service.provider.type ?? ''}")`
    add('host-program', 'high', 'provider', message, 'use an image')
  }
  for (const key of Object.keys(service.labels ?? {})) {
    if (!/^(com\.docker\.compose|windflow)\./.test(key)) continue
    const message = `claims by its label ${key} to belong to another project or deployment`
    add('reserved-label', 'high', `labels.${key}`, message, 'take the label out')
  }
  return findings
}

function wordFor(key: (typeof NAMESPACES)[number]): string {
  switch (key) {
    case 'network_mode':
      return 'network'
    case 'pid':
      return 'processes'
    case 'ipc':
      return 'shared memory'
    case 'uts':
      return 'host name'
    case 'userns_mode':
      return 'users'
    case 'cgroup':
      return 'control groups'
  }
}

function securityOption(given: string): readonly [PolicySeverity, string] | undefined {
  const [key = '', value = ''] = given.split(/[=:](.*)/s)
  switch (key) {
    case 'seccomp':
      if (value === 'unconfined') return ['high', 'may make every system call (seccomp is off)']
      return value === 'builtin' ? undefined : ['medium', 'brings its own list of system calls (seccomp)']
    case 'apparmor':
      return value === 'unconfined' ? ['high', 'AppArmor is off'] : undefined
    case 'systempaths':
      return value === 'unconfined' ? ['high', 'sees the masked parts of /proc and /sys'] : undefined
    case 'label':
      return value === 'disable' ? ['high', 'SELinux labels are off'] : undefined
    case 'no-new-privileges':
      return value === 'false' ? ['medium', 'may gain privileges by set-user-id programs'] : undefined
    default:
      return undefined
  }
}

/** Networks that are not the stack's own. */
export function checkNetworks(model: Project): Finding[] {
  return Object.entries(model.networks ?? {}).flatMap(([key, network]): Finding[] => {
    const path = `networks.${key}`
    if (network.name === 'host' || network.driver === 'host') {
      const message = 'is the network of the host'
      return [{ code: 'host-namespace', severity: 'high', path, message, hint: 'publish the ports it needs' }]
    }
    if (network.driver === 'macvlan' || network.driver === 'ipvlan') {
      const message = `puts its containers on the host's own network (${network.driver})`
      return [{ code: 'host-namespace', severity: 'medium', path, message, hint: 'publish the ports it needs' }]
    }
    if (!network.external) return []
    const message = `joins network "${network.name ?? key}", which is not the stack's own`
    return [{ code: 'foreign-network', severity: 'low', path, message, hint: 'make sure who else is on it' }]
  })
}
