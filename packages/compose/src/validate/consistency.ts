import type { ActiveProject } from '../canonical/profiles.ts'
import type { Path, Report } from '../diagnostics/report.ts'
import type { Build, Deploy, Project, Service } from '../model/index.ts'
import { checkCycles } from './cycle.ts'

/** Rules between the parts of a model. Adds all problems to the report and leaves when there are. */
export function checkConsistency(active: ActiveProject, report: Report): void {
  const { project } = active
  for (const [name, service] of Object.entries(project.services)) new ServiceCheck(name, service, active, report).run()
  checkJobs(active, report)
  for (const [name, { external, file, environment }] of Object.entries(project.secrets ?? {})) {
    if (external || file || environment) continue
    const message = `the secret ${name} has neither a file nor a variable`
    report.error('consistency/secret', ['secrets', name], message, 'Add file: or environment:, or external: true')
  }
  checkContainerNames(project, report)
  report.stop()
  checkCycles(project, report)
  report.stop()
}

function checkJobs({ project, disabledServices, disabledJobs }: ActiveProject, report: Report): void {
  for (const name of [...Object.keys(project.jobs ?? {}), ...Object.keys(disabledJobs)]) {
    if (!has(project.services, name) && !has(disabledServices, name)) continue
    report.error('consistency/job-name', ['jobs', name], `${name} is the name of a service and of a job`, 'Rename one')
  }
  for (const [name, job] of Object.entries(project.jobs ?? {})) {
    for (const [needed, { required }] of Object.entries(job.depends_on ?? {})) {
      if (has(project.jobs, needed) || has(project.services, needed)) continue
      if (has(disabledServices, needed) && !required) continue
      const message = `the job ${name} depends on ${needed}, which is neither a service nor a job`
      report.error('consistency/dependency', ['jobs', name, 'depends_on', needed], message, 'Correct the name')
    }
  }
}

function checkContainerNames(project: Project, report: Report): void {
  const owners = new Map<string, string>()
  for (const [name, { container_name: container }] of Object.entries(project.services)) {
    if (container === undefined) continue
    const owner = owners.get(container)
    owners.set(container, name)
    if (owner === undefined) continue
    const message = `the container name ${container} is already that of the service ${owner}`
    report.error('consistency/container-name', ['services', name, 'container_name'], message, 'Give it another name')
  }
}

function has(entries: Readonly<Record<string, unknown>> | undefined, name: string | undefined): boolean {
  return entries !== undefined && name !== undefined && Object.hasOwn(entries, name)
}

/** Bytes or numbers of two places that may both limit the same. */
type Limit = readonly [attribute: keyof Service, place: string, limit: (deploy: Deploy) => string | number | undefined]

const LIMITS: readonly Limit[] = [
  ['cpus', 'limits.cpus', ({ resources: { limits } }) => (limits === undefined ? undefined : (limits.cpus ?? 0))],
  [
    'mem_limit',
    'limits.memory',
    ({ resources: { limits } }) => (limits === undefined ? undefined : (limits.memory ?? '0')),
  ],
  [
    'mem_reservation',
    'reservations.memory',
    ({ resources: { reservations } }) => (reservations === undefined ? undefined : (reservations.memory ?? '0')),
  ],
  ['pids_limit', 'limits.pids', ({ resources: { limits } }) => (limits === undefined ? undefined : (limits.pids ?? 0))],
]

class ServiceCheck {
  readonly #name: string
  readonly #service: Service
  readonly #active: ActiveProject
  readonly #report: Report

  constructor(name: string, service: Service, active: ActiveProject, report: Report) {
    this.#name = name
    this.#service = service
    this.#active = active
    this.#report = report
  }

  run(): void {
    const { image, build, provider } = this.#service
    if (build === undefined && image === undefined && provider === undefined) {
      this.#error('image', [], `the service ${this.#name} has neither an image nor a build`, 'Add image: or build:')
    }
    if (build !== undefined) this.#build(build)
    this.#networks()
    this.#health()
    this.#dependencies()
    this.#references()
    this.#scale()
    this.#limits()
    this.#watch()
    this.#mounts()
  }

  #error(code: string, path: Path, message: string, hint: string): void {
    this.#report.error(`consistency/${code}`, ['services', this.#name, ...path], message, hint)
  }

  #undefined(kind: string, section: string, name: string | undefined, path: Path): void {
    const message = `the service ${this.#name} uses the ${kind} ${name ?? ''}, which is not defined`
    this.#error(`undefined-${kind.split(' ').at(-1)}`, path, message, `Add it under ${section}:, or correct the name`)
  }

  #build(build: Build): void {
    const { project, disabledServices } = this.#active
    if (build.dockerfile !== undefined && build.dockerfile_inline !== undefined) {
      this.#error(
        'dockerfile',
        ['build', 'dockerfile'],
        'dockerfile and dockerfile_inline exclude each other',
        'Keep one',
      )
    }
    for (const [context, value] of Object.entries(build.additional_contexts ?? {})) {
      if (!value.startsWith('service:')) continue
      const target = value.slice('service:'.length)
      const service = has(project.services, target) ? project.services[target] : disabledServices[target]
      const path = ['build', 'additional_contexts', context]
      if (service === undefined) this.#undefined('service', 'services', target, path)
      else if (service.build === undefined) {
        this.#error(
          'context',
          path,
          `the context ${context} is the service ${target}, which is not built`,
          'Name a service with build:',
        )
      }
    }
    const { platform } = this.#service
    if (platform !== undefined && build.platforms !== undefined && !build.platforms.includes(platform)) {
      this.#error(
        'platform',
        ['build', 'platforms'],
        `build.platforms lacks the service's platform ${platform}`,
        'Add it',
      )
    }
  }

  #networks(): void {
    const { network_mode: mode, networks } = this.#service
    const { project } = this.#active
    if (mode !== undefined && networks !== undefined) {
      const message = `the service ${this.#name} has network_mode and networks, which exclude each other`
      this.#error('network-mode', ['network_mode'], message, 'Keep one')
    }
    for (const network of Object.keys(networks ?? {})) {
      if (!has(project.networks, network)) this.#undefined('network', 'networks', network, ['networks', network])
    }
    if (mode?.startsWith('service:') && !has(project.services, mode.slice('service:'.length))) {
      this.#undefined('service', 'services', mode.slice('service:'.length), ['network_mode'])
    }
  }

  #health(): void {
    const kind = this.#service.healthcheck?.test?.[0]
    if (kind === undefined || kind === 'CMD' || kind === 'CMD-SHELL' || kind === 'NONE') return
    const message = `the health check of ${this.#name} begins with '${kind}'`
    this.#error('healthcheck', ['healthcheck', 'test'], message, 'Begin the list with CMD, CMD-SHELL or NONE')
  }

  #dependencies(): void {
    const { project, disabledServices } = this.#active
    for (const [needed, { required }] of Object.entries(this.#service.depends_on ?? {})) {
      if (has(project.services, needed)) continue
      const disabled = has(disabledServices, needed)
      if (disabled && !required) continue
      const path = ['depends_on', needed]
      if (has(project.jobs, needed)) {
        this.#error(
          'dependency',
          path,
          `the service ${this.#name} cannot depend on the job ${needed}`,
          'Depend on services only',
        )
      } else if (disabled) {
        const profiles = disabledServices[needed]?.profiles?.join(', ') ?? ''
        const message = `the service ${this.#name} depends on ${needed}, which no active profile enables`
        this.#error('dependency', path, message, `Activate one of its profiles: ${profiles}`)
      } else {
        const message = `the service ${this.#name} depends on ${needed}, which is not defined`
        this.#error('dependency', path, message, 'Add it under services:, or correct the name')
      }
    }
  }

  #references(): void {
    const { project } = this.#active
    const { volumes = [], build, configs = [], secrets = [], models = {} } = this.#service
    volumes.forEach(({ type, source }, index) => {
      if (type !== 'volume' || source === undefined || has(project.volumes, source)) return
      this.#undefined('volume', 'volumes', source, ['volumes', index])
    })
    build?.secrets?.forEach(({ source }, index) => {
      if (!has(project.secrets, source)) this.#undefined('secret', 'secrets', source, ['build', 'secrets', index])
    })
    configs.forEach(({ source }, index) => {
      if (!has(project.configs, source)) this.#undefined('config', 'configs', source, ['configs', index])
    })
    for (const model of Object.keys(models)) {
      if (!has(project.models, model)) this.#undefined('model', 'models', model, ['models', model])
    }
    secrets.forEach(({ source }, index) => {
      if (!has(project.secrets, source)) this.#undefined('secret', 'secrets', source, ['secrets', index])
    })
  }

  #scale(): void {
    const { scale, deploy, container_name: container } = this.#service
    if (scale !== undefined && deploy?.replicas !== undefined && scale !== deploy.replicas) {
      this.#error(
        'scale',
        ['scale'],
        `scale is ${scale} but deploy.replicas is ${deploy.replicas}`,
        'Keep one of the two',
      )
    }
    const replicas = scale ?? deploy?.replicas ?? 1
    const path = scale === undefined ? ['deploy', 'replicas'] : ['scale']
    if (replicas < 0) this.#error('scale', path, `${replicas} is no number of containers`, 'Give a number from 0')
    if (replicas > 1 && container !== undefined) {
      const message = `the service ${this.#name} cannot have ${replicas} containers of the one name ${container}`
      this.#error('scale', ['container_name'], message, 'Remove container_name')
    }
  }

  #limits(): void {
    const { deploy } = this.#service
    if (deploy === undefined) return
    for (const [attribute, place, limit] of LIMITS) {
      const own = this.#service[attribute]
      const other = limit(deploy)
      if (own === undefined || other === undefined || own === other) continue
      const message = `${attribute} is ${String(own)} but deploy.resources.${place} is ${other}`
      this.#error('limit', [attribute], message, 'Keep one, or make them equal')
    }
  }

  #watch(): void {
    this.#service.develop?.watch?.forEach(({ target, action }, index) => {
      if (target !== undefined || action === 'rebuild' || action === 'restart') return
      this.#error('watch-target', ['develop', 'watch', index], `the action ${action} needs a target`, 'Add target:')
    })
  }

  #mounts(): void {
    const { tmpfs = [], volumes = [] } = this.#service
    const taken = new Set<string>()
    const check = (target: string, path: Path) => {
      if (taken.has(target)) this.#error('mount', path, `two mounts have the target ${target}`, 'Remove one')
      taken.add(target)
    }
    tmpfs.forEach((mount, index) => {
      check(mount.split(':', 1)[0] ?? '', ['tmpfs', index])
    })
    volumes.forEach(({ target = '' }, index) => {
      check(target, ['volumes', index])
    })
  }
}
