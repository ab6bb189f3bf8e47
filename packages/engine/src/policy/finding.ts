/**
 * `high`: gives the container the host, or another tenant's data. `medium`: takes a protection away. `low`: worth
 * knowing, rarely a reason to refuse.
 */
export type PolicySeverity = 'high' | 'medium' | 'low'

/** One thing in a model that reaches beyond its own containers. */
export interface Finding {
  /** Stable; what a permission or an exemption names. */
  readonly code: PolicyCode
  readonly severity: PolicySeverity
  readonly service?: string
  /** Place in the model, in the words of Compose: `services.web.volumes[0]`. The caller knows its line. */
  readonly path: string
  readonly message: string
  readonly hint: string
}

export type PolicyCode =
  | 'privileged'
  | 'host-namespace'
  | 'foreign-namespace'
  | 'docker-socket'
  | 'host-path'
  | 'hidden-bind'
  | 'mount-propagation'
  | 'foreign-volume'
  | 'foreign-network'
  | 'capability'
  | 'device'
  | 'gpu'
  | 'security-opt'
  | 'sysctl'
  | 'cgroup-parent'
  | 'runtime'
  | 'reserved-label'
  | 'host-program'
  | 'file-outside'
  | 'build-privilege'

export interface PolicyOptions {
  /** Folders of the host that may be mounted and read: the stack's own, and those an administrator allows. */
  readonly allowedPaths: readonly string[]
}
