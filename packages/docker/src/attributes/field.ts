import type { Project, Service } from '@windflow/compose'
import type { ContainerInspect, EndpointSettings, Json } from '../api/types.ts'
import { compareVersions } from '../api/version.ts'
import { isUnset } from './values.ts'

type Status = 'applied' | 'ignored' | 'refused'

/** One line of the table: an attribute of the Compose specification and what becomes of it. */
export interface Attribute {
  /** As the schema nests it, names chosen by the author as `*`, list entries as `[]`: `services.*.ports[].target`. */
  readonly path: string
  readonly status: Status
  /** applied: the field of an inspect that shows it, or what carries it out. Otherwise the reason. */
  readonly where: string
}

/** What a container is made from, beside its service. */
export interface BodyContext {
  readonly model: Project
  readonly service: string
  readonly number: number
  /** Its name in the end, which may differ from the one it is created with. */
  readonly name: string
  readonly image: string
  /** Labels beyond the author's. */
  readonly labels: Readonly<Record<string, string>>
  /** By network key; a network that is not listed is not joined. */
  readonly aliases: Readonly<Record<string, readonly string[]>>
  /** Id of the container behind `service:x`, and names of those behind `links`. */
  readonly resolve: (service: string) => string | undefined
  readonly linked: (service: string) => readonly string[]
  readonly apiVersion: string
  /** The engine sees this machine's files: configs and secrets can be bind mounts. */
  readonly sharesFiles: boolean
  /** Mounts taken over from the container it replaces. */
  readonly inherited: readonly InheritedMount[]
  /** Compact JSON of seccomp profiles, by the path in `security_opt`. */
  readonly profiles: Readonly<Record<string, string>>
  /** Proxy variables of the Docker CLI's configuration, which Compose gives to every container. */
  readonly proxies: Readonly<Record<string, string>>
  /** Resolves the source of an image mount, which may name a service. */
  readonly imageSource: (source: string) => string
}

export interface InheritedMount {
  readonly type: string
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

/** A creation body in the making. */
export interface Draft {
  readonly config: Record<string, unknown>
  readonly host: Record<string, unknown>
  /** By the network's name on the engine, in order of priority: the first is the primary one. */
  readonly endpoints: Map<string, EndpointSettings>
}

export type ImageConfig = Json

/** A container seen in one form, whether it is still a draft or comes from an inspect. */
export interface View {
  readonly config: Json
  readonly host: Json
  readonly endpoints: Readonly<Record<string, EndpointSettings>>
  /** What its image gives by itself; a value equal to it is as good as not given. */
  readonly image: ImageConfig
  /** Keys of the model by the network's name on the engine. */
  readonly networkKeys: Readonly<Record<string, string>>
}

/**
 * One service attribute that ends in the creation body: how it gets there and how it is read back, both ways in one
 * normal form, so that comparing is deep equality.
 */
export interface Field {
  /** Name in the service, and first part of the path of its changes. */
  readonly attribute: string
  readonly inspect: string
  /** Nested attributes, relative to the service, with the field that shows each. */
  readonly nested?: Readonly<Record<string, string>>
  put(draft: Draft, service: Service, context: BodyContext): void
  /** Undefined when it is not set, or set to what engine or image give anyway. */
  read(view: View): unknown
}

/** Whether the engine's API is of that version or newer. */
export function knows(context: Pick<BodyContext, 'apiVersion'>, version: string): boolean {
  return compareVersions(context.apiVersion, version) >= 0
}

/** A dotted path (`HostConfig.Memory`) in a view. */
function at(view: View, inspect: string): unknown {
  const [root, ...names] = inspect.split('.')
  let value: unknown = root === 'Config' ? view.config : root === 'HostConfig' ? view.host : undefined
  for (const name of names) value = isRecord(value) ? value[name] : undefined
  return value
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
}

export function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

interface ValueOptions {
  /** Values an engine shows when nothing was asked for. */
  readonly defaults?: readonly unknown[]
  readonly nested?: Readonly<Record<string, string>>
  /** To the form in which two equal settings are equal values. */
  readonly normal?: (value: unknown, view: View) => unknown
}

/** A field with a place of its own in the body: what `of` gives goes there unless it is undefined. */
export function value(
  attribute: string,
  inspect: string,
  of: (service: Service, context: BodyContext) => unknown,
  options: ValueOptions = {},
): Field {
  const [root, name = ''] = inspect.split('.')
  return {
    attribute,
    inspect,
    ...(options.nested && { nested: options.nested }),
    put(draft, service, context) {
      const wanted = of(service, context)
      if (wanted !== undefined) (root === 'Config' ? draft.config : draft.host)[name] = wanted
    },
    read(view) {
      const found = at(view, inspect)
      if (isUnset(found) || options.defaults?.includes(found)) return undefined
      const normal = options.normal ? options.normal(found, view) : found
      return isUnset(normal) ? undefined : normal
    },
  }
}

/** A field of `Config` that the image may give as well. */
export function imageValue(
  attribute: string,
  inspect: string,
  of: (service: Service, context: BodyContext) => unknown,
): Field {
  const name = inspect.slice('Config.'.length)
  return value(attribute, inspect, of, {
    normal: (found, view) => (JSON.stringify(found) === JSON.stringify(view.image[name]) ? undefined : found),
  })
}

/** @param image the configuration of the container's own image, empty when it is gone */
export function viewOf(
  inspect: Pick<ContainerInspect, 'Config' | 'HostConfig' | 'NetworkSettings'>,
  image: ImageConfig,
  networkKeys: Readonly<Record<string, string>>,
): View {
  return {
    config: inspect.Config,
    host: inspect.HostConfig,
    endpoints: inspect.NetworkSettings.Networks ?? {},
    image,
    networkKeys,
  }
}

export function viewOfDraft(draft: Draft, image: ImageConfig, networkKeys: Readonly<Record<string, string>>): View {
  return { config: draft.config, host: draft.host, endpoints: Object.fromEntries(draft.endpoints), image, networkKeys }
}
