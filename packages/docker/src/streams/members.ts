import type { EngineClient } from '../api/client.ts'
import { listContainers } from '../api/containers.ts'
import type { ContainerSummary, Labels } from '../api/types.ts'
import { LABEL } from '../labels.ts'

/** A container as a member of its project. */
export interface Member {
  readonly id: string
  readonly service: string
  readonly instance: number
  /** Container name without the leading slash. */
  readonly container: string
}

/** One-off containers (`docker compose run`) and those of hooks are no members.
 * @param services only these; absent means all */
export function memberOf(
  id: string,
  name: string,
  labels: Labels | null,
  services: readonly string[] | undefined,
): Member | undefined {
  const service = labels?.[LABEL.service]
  if (service === undefined || labels?.[LABEL.oneoff] === 'True' || labels?.[LABEL.hook] !== undefined) return undefined
  if (services !== undefined && !services.includes(service)) return undefined
  return { id, service, instance: Number(labels?.[LABEL.number] ?? 1), container: name.replace(/^\//, '') }
}

/** The project's containers, running or not, in the order of service and number. */
export async function listMembers(
  engine: EngineClient,
  project: string,
  services: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly (Member & { readonly state: ContainerSummary['State'] })[]> {
  const filters = { label: [`${LABEL.project}=${project}`] }
  const members = []
  for (const summary of await listContainers(engine, { all: true, filters }, signal)) {
    const member = memberOf(summary.Id, summary.Names[0] ?? '', summary.Labels, services)
    if (member !== undefined) members.push({ ...member, state: summary.State })
  }
  return members.sort((a, b) => a.service.localeCompare(b.service) || a.instance - b.instance)
}
