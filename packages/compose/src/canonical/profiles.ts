import type { Job, Project, Service } from '../model/index.ts'

/** A project split by its active profiles. */
export interface ActiveProject {
  readonly project: Project
  readonly disabledServices: Readonly<Record<string, Service>>
  readonly disabledJobs: Readonly<Record<string, Job>>
}

/** Takes out the services and jobs that no active profile enables. `*` activates every profile. */
export function withProfiles(project: Project, active: readonly string[]): ActiveProject {
  const services = split(project.services, active)
  const jobs = split(project.jobs ?? {}, active)
  const { jobs: _, ...rest } = project
  const enabledJobs = Object.keys(jobs.enabled).length > 0 ? { jobs: jobs.enabled } : {}
  return {
    project: { ...rest, services: services.enabled, ...enabledJobs },
    disabledServices: services.disabled,
    disabledJobs: jobs.disabled,
  }
}

function split<T extends { profiles?: string[] }>(entries: Readonly<Record<string, T>>, active: readonly string[]) {
  const isOn = ([, { profiles = [] }]: [string, T]) =>
    profiles.length === 0 || active.some((profile) => profile === '*' || profiles.includes(profile))
  const all = Object.entries(entries)
  return {
    enabled: Object.fromEntries(all.filter(isOn)),
    disabled: Object.fromEntries(all.filter((entry) => !isOn(entry))),
  }
}
