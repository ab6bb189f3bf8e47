/** What a Change or a Step is about. `name` is the name in the Compose model; `instance` the container number of a scaled service. */
export interface ResourceRef {
  readonly kind: ResourceKind
  readonly name: string
  readonly instance?: number
}

export type ResourceKind = 'service' | 'network' | 'volume' | 'config' | 'secret' | 'image' | 'project'

/** `service/web/2`, `network/default`: unique within a project, used as a key and in messages. */
export function resourceKey(ref: ResourceRef): string {
  return ref.instance === undefined ? `${ref.kind}/${ref.name}` : `${ref.kind}/${ref.name}/${ref.instance}`
}
