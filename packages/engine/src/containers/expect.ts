import type { Project } from '@windflow/compose'

/** What a driver knows of its engine and the planner does not: how objects made from the model look. All pure. */
export interface Expectations {
  readonly service: Expect
  /** The same for networks and volumes; absent: only hashes are compared. */
  readonly network?: (model: Project, key: string) => Readonly<Record<string, unknown>>
  readonly volume?: (model: Project, key: string) => Readonly<Record<string, unknown>>
  /**
   * The config hash of a service that refers to another service's container: Compose hashes the reference with the
   * container's id in its place. Absent: such services are compared by their attributes.
   */
  readonly hash?: (model: Project, service: string, resolve: ResolveContainer) => string
}

/**
 * The values an inspected container of `service` should show, by attribute in the words of Compose (`environment`,
 * `ports`, `network_mode`). Its counterpart is `ObservedContainer.attributes`: both hold the same keys in the same
 * normal form, so that deep equality means "nothing to change".
 */
export type Expect = (model: Project, service: string, resolve: ResolveContainer) => Readonly<Record<string, unknown>>

/**
 * The id of the container that stands for a service named in `network_mode|ipc|pid: service:x` or `volumes_from`;
 * undefined when there is none yet.
 */
export type ResolveContainer = (service: string) => string | undefined
