import type { Project } from '@windflow/compose'

/**
 * The values a driver wants an inspected container of `service` to show, by attribute in the words of Compose
 * (`environment`, `ports`, `network_mode`). Pure; its counterpart is `ObservedContainer.attributes`: both hold the
 * same keys in the same normal form, so that deep equality means "nothing to change".
 *
 * `resolve` gives the id of the container that stands for a service named in `network_mode|ipc|pid: service:x`
 * or `volumes_from`; undefined when there is none yet.
 */
export type Expect = (model: Project, service: string, resolve: ResolveContainer) => Readonly<Record<string, unknown>>

export type ResolveContainer = (service: string) => string | undefined
