import { type EndpointParameters, type StepContext, serviceAliases, type VerbStep } from '@windflow/engine'
import { inspectContainer } from '../api/containers.ts'
import { ApiError, isNotFound } from '../api/errors.ts'
import { connectNetwork, disconnectNetwork } from '../api/networks.ts'
import type { ContainerInspect, EndpointSettings } from '../api/types.ts'
import { compareVersions } from '../api/version.ts'
import { linkedNames } from '../attributes/body.ts'
import { endpointSettings, MANY_NETWORKS } from '../attributes/networking.ts'
import { LABEL } from '../labels.ts'
import { aliasesOf } from '../observe/container.ts'
import { originOf, type Workbench } from './environment.ts'

type EndpointStep = VerbStep<'publish'> | VerbStep<'withdraw'> | VerbStep<'connect'>

/**
 * Gives the container exactly the aliases asked for on one network. The engine cannot change them in place: it leaves
 * and joins again, and gets the lowest free address, which is the one it had.
 */
export async function join(bench: Workbench, step: EndpointStep, context: StepContext): Promise<void> {
  const { parameters } = step
  const { signal } = context
  const inspect = await inspectContainer(bench.engine, parameters.container, signal)
  const current = inspect.NetworkSettings.Networks?.[parameters.network]
  if (current && hasAliases(inspect, current, step, context)) return
  const settings = await settingsFor(bench, inspect, current, step, context)
  if (current) {
    if (step.action === 'withdraw') await bench.traffic.end(inspect.Id, signal)
    await leaveNetwork(bench, parameters.network, inspect.Id, signal)
  }
  try {
    await connectNetwork(bench.engine, parameters.network, inspect.Id, settings, signal)
  } catch (error) {
    // Joined meanwhile by the request this step had sent before it was cut off.
    if (!(error instanceof ApiError) || !/already (exists|attached|connected)/i.test(error.message)) throw error
  }
}

export async function leave(bench: Workbench, step: VerbStep<'disconnect'>, context: StepContext): Promise<void> {
  const { network, container } = step.parameters
  await leaveNetwork(bench, network, container, context.signal)
}

async function leaveNetwork(bench: Workbench, network: string, container: string, signal: AbortSignal): Promise<void> {
  try {
    await disconnectNetwork(bench.engine, network, container, { force: true }, signal)
  } catch (error) {
    if (isNotFound(error)) return
    if (!(error instanceof ApiError) || !/is not connected/i.test(error.message)) throw error
  }
}

/** All that are asked for are there, and none of the service's names that are not. Others are the engine's own. */
function hasAliases(
  inspect: ContainerInspect,
  current: EndpointSettings,
  { parameters }: EndpointStep,
  context: StepContext,
): boolean {
  const present = new Set(aliasesOf(inspect, current))
  const wanted = new Set(parameters.aliases)
  if (parameters.aliases.some((alias) => !present.has(alias))) return false
  const models = [context.desired.model, ...(context.previous ? [context.previous.model] : [])]
  const names = models.flatMap((model) => serviceAliases(model, parameters.service, parameters.key))
  return names.every((name) => wanted.has(name) || !present.has(name))
}

/** As the container was made: what the engine shows, or the definition once the container has left. */
async function settingsFor(
  bench: Workbench,
  inspect: ContainerInspect,
  current: EndpointSettings | undefined,
  { parameters }: EndpointStep,
  context: StepContext,
): Promise<EndpointSettings> {
  const apiVersion = await bench.engine.apiVersion(context.signal)
  const settings = current ? fromInspect(current) : fromModel(parameters, inspect, apiVersion, context)
  // The address may come back, and with it connections in flight, only when its neighbours find the same card there.
  const mac = current?.MacAddress
  const keepsMac = mac && settings.MacAddress === undefined && compareVersions(apiVersion, MANY_NETWORKS) >= 0
  return { ...settings, ...(keepsMac && { MacAddress: mac }), Aliases: [...parameters.aliases] }
}

function fromInspect(current: EndpointSettings): EndpointSettings {
  return {
    ...(current.IPAMConfig && { IPAMConfig: current.IPAMConfig }),
    ...(current.Links && { Links: current.Links }),
    ...(current.DriverOpts && { DriverOpts: current.DriverOpts }),
    ...(current.GwPriority !== undefined && { GwPriority: current.GwPriority }),
  }
}

function fromModel(
  parameters: EndpointParameters & { readonly service: string; readonly number: number },
  inspect: ContainerInspect,
  apiVersion: string,
  context: StepContext,
): EndpointSettings {
  const { model } = originOf(context, inspect.Config.Labels?.[LABEL.release])
  const service = model.services[parameters.service]
  if (!service) return {}
  return endpointSettings(service, parameters.key, parameters.aliases, {
    model,
    apiVersion,
    service: parameters.service,
    number: parameters.number,
    linked: (target) => linkedNames(model, target),
  })
}
