import type { Report } from '../diagnostics/report.ts'
import type { Project, Service } from '../model/index.ts'
import { type ActiveProject, withProfiles } from './profiles.ts'

/**
 * The project with the services that were asked for, and those they depend on. A service of an inactive profile is
 * enabled by being asked for, with all of its profiles.
 */
export function selectServices(
  active: ActiveProject,
  names: readonly string[],
  profiles: readonly string[],
  report: Report,
): ActiveProject {
  if (names.length === 0) return active
  const added = names.flatMap((name) => active.disabledServices[name]?.profiles ?? [])
  const jobs = { ...active.project.jobs, ...active.disabledJobs }
  const all = { ...active.project, services: { ...active.project.services, ...active.disabledServices } }
  const withJobs = Object.keys(jobs).length > 0 ? { ...all, jobs } : all
  const enabled = withProfiles(withJobs, [...profiles, ...added])
  const selected = new Set<string>()
  for (const name of names) visit(name, enabled.project.services, selected, report)
  report.stop()
  const services = Object.fromEntries(
    Object.entries(enabled.project.services)
      .filter(([name]) => selected.has(name))
      .map(([name, service]) => [name, keepDependencies(service, selected)]),
  )
  return { ...enabled, project: { ...enabled.project, services } }
}

function visit(name: string, services: Readonly<Record<string, Service>>, selected: Set<string>, report: Report): void {
  if (selected.has(name)) return
  const service = Object.hasOwn(services, name) ? services[name] : undefined
  if (service === undefined) {
    report.error(
      'select/unknown-service',
      ['services'],
      `there is no service ${name}`,
      'Name a service of the Compose file',
    )
    return
  }
  selected.add(name)
  for (const [dependency, { required }] of Object.entries(service.depends_on ?? {})) {
    if (required || Object.hasOwn(services, dependency)) visit(dependency, services, selected, report)
  }
}

function keepDependencies(service: Service, selected: ReadonlySet<string>): Service {
  if (service.depends_on === undefined) return service
  const kept = Object.entries(service.depends_on).filter(([name]) => selected.has(name))
  const { depends_on: _, ...rest } = service
  return kept.length === 0 ? rest : { ...rest, depends_on: Object.fromEntries(kept) }
}

/** Leaves out networks, volumes, configs, secrets and models that no service uses. */
export function withoutUnused(project: Project): Project {
  const used = {
    networks: new Set<string>(),
    volumes: new Set<string>(),
    configs: new Set<string>(),
    secrets: new Set<string>(),
    models: new Set<string>(),
  }
  for (const service of Object.values(project.services)) {
    for (const name of Object.keys(service.networks ?? {})) used.networks.add(name)
    for (const name of Object.keys(service.models ?? {})) used.models.add(name)
    for (const { type, source } of service.volumes ?? [])
      if (type === 'volume' && source !== undefined) used.volumes.add(source)
    for (const { source } of service.configs ?? []) used.configs.add(source ?? '')
    for (const { source } of [...(service.secrets ?? []), ...(service.build?.secrets ?? [])])
      used.secrets.add(source ?? '')
  }
  const { networks, volumes, configs, secrets, models, ...rest } = project
  return {
    ...rest,
    ...kept('networks', networks, used.networks),
    ...kept('volumes', volumes, used.volumes),
    ...kept('configs', configs, used.configs),
    ...kept('secrets', secrets, used.secrets),
    ...kept('models', models, used.models),
  }
}

function kept<K extends string, T>(section: K, entries: Record<string, T> | undefined, used: ReadonlySet<string>) {
  const left = Object.entries(entries ?? {}).filter(([name]) => used.has(name))
  return left.length === 0 ? {} : ({ [section]: Object.fromEntries(left) } as { [key in K]: Record<string, T> })
}
