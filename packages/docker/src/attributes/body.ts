import { API_SOCKET_CONFIG, type Project, type Service, withApiSocket } from '@windflow/compose'
import {
  containerName,
  EngineError,
  endpointAliases,
  imageReference,
  networkName,
  type ResolveContainer,
  replicas,
} from '@windflow/engine'
import type { ContainerCreate, ContainerInspect, EndpointSettings } from '../api/types.ts'
import { type BodyContext, type Draft, type ImageConfig, isRecord, knows, viewOf, viewOfDraft } from './field.ts'
import { MANY_NETWORKS, networkKeys } from './networking.ts'
import { serviceFields } from './table.ts'

export interface Creation {
  readonly body: ContainerCreate
  readonly platform?: string
  /** Networks to join after the creation, one by one, where the engine takes only one at once. */
  readonly connects: readonly { readonly network: string; readonly endpoint: EndpointSettings }[]
}

/**
 * What the engine is asked for, equal to what Docker Compose 5.6 asks for. Pure.
 * @throws EngineError for what an engine cannot do
 */
export function containerBody(context: BodyContext): Creation {
  const service = context.model.services[context.service]
  if (!service) throw new TypeError(`no service "${context.service}" in the model`)
  refuse(context.service, service)
  const draft = draftOf(service, context)
  const endpoints = [...draft.endpoints]
  const atOnce = knows(context, MANY_NETWORKS) ? endpoints : endpoints.slice(0, 1)
  return {
    body: {
      AttachStdout: true,
      AttachStderr: true,
      ...draft.config,
      Image: context.image,
      Labels: isRecord(draft.config.Labels) ? (draft.config.Labels as Record<string, string>) : {},
      HostConfig: draft.host,
      ...(atOnce.length > 0 && { NetworkingConfig: { EndpointsConfig: Object.fromEntries(atOnce) } }),
    },
    ...(service.platform !== undefined && { platform: service.platform }),
    connects: endpoints.slice(atOnce.length).map(([network, endpoint]) => ({ network, endpoint })),
  }
}

function draftOf(service: Service, context: BodyContext): Draft {
  const draft: Draft = { config: {}, host: {}, endpoints: new Map() }
  for (const field of serviceFields) field.put(draft, service, context)
  return draft
}

function refuse(name: string, service: Service): void {
  if (service.provider !== undefined) {
    throw new EngineError('provider-service', `service ${name} is made by the provider ${service.provider.type}`, {
      class: 'user',
      hint: 'a provider is a program beside docker compose that makes what is not a container; deploy such a service with docker compose',
    })
  }
  if (service.models !== undefined && Object.keys(service.models).length > 0) {
    throw new EngineError('model-service', `service ${name} uses language models of the Docker Model Runner`, {
      class: 'user',
      hint: 'give it the address of a model server by an environment variable instead',
    })
  }
}

/** The comparable values of an inspected container, by attribute.
 * @param image configuration of the image it runs, empty when that is gone */
export function attributesOf(
  inspect: Pick<ContainerInspect, 'Config' | 'HostConfig' | 'NetworkSettings'>,
  image: ImageConfig,
  model: Project,
): Readonly<Record<string, unknown>> {
  const view = viewOf(inspect, image, keysByName(model))
  return readAll((field) => field.read(view))
}

export interface ExpectOptions {
  readonly apiVersion: string
  readonly sharesFiles: boolean
  readonly proxies: Readonly<Record<string, string>>
  readonly profiles: Readonly<Record<string, string>>
  readonly image: ImageConfig
}

/** The same values of a container as it would be made now. */
export function expectedAttributes(
  model: Project,
  name: string,
  resolve: ResolveContainer,
  options: ExpectOptions,
): Readonly<Record<string, unknown>> {
  const written = model.services[name]
  if (!written) return {}
  const service = withApiSocket(written)
  const context: BodyContext = {
    ...options,
    model: { ...model, configs: { ...model.configs, [API_SOCKET_CONFIG]: { content: '' } } },
    service: name,
    number: 1,
    name: '',
    image: imageReference(model, name),
    labels: {},
    aliases: Object.fromEntries(
      networkKeys(model, service).map((key) => [key, endpointAliases(model, name, key, '', true)]),
    ),
    // Which container stands for a service is decided later where there is none yet: it differs in any case.
    resolve: (target) => resolve(target) ?? `(${target})`,
    linked: (target) => linkedNames(model, target),
    inherited: [],
    imageSource: (source) => source,
  }
  const view = viewOfDraft(draftOf(service, context), options.image, keysByName(model))
  return readAll((field) => field.read(view))
}

/** Names of a linked service's containers. Links are resolved by the engine's DNS when they are used: by final names. */
export function linkedNames(model: Project, service: string): string[] {
  return Array.from({ length: replicas(model, service) }, (_, index) => containerName(model, service, index + 1))
}

function readAll(read: (field: (typeof serviceFields)[number]) => unknown): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const field of serviceFields) {
    const found = read(field)
    if (found !== undefined) values[field.attribute] = found
  }
  return values
}

function keysByName(model: Project): Record<string, string> {
  return Object.fromEntries(Object.keys(model.networks ?? {}).map((key) => [networkName(model, key), key]))
}
