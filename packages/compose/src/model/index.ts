/**
 * Types of the canonical model. Only types leave here: the TypeBox schemas they come from are loaded by whoever
 * validates or documents a model (`./project.ts`), never on the way to a plan.
 */
export type { AiModel, ServiceAiModel } from './ai-model.ts'
export type { Build } from './build.ts'
export type { CredentialSpec, EnvFile, Logging } from './container.ts'
export type { Deploy, GenericResource, Placement, Resource, RestartPolicy, UpdateConfig } from './deploy.ts'
export type { Develop, WatchRule } from './develop.ts'
export type { FileObject, FileReference } from './file-object.ts'
export type { Healthcheck } from './healthcheck.ts'
export type { Hook } from './hook.ts'
export type { Job, Schedule } from './job.ts'
export type { AddressPool, Ipam, Network, NetworkAttachment } from './network.ts'
export type { Command, Extensions, Variables } from './part.ts'
export type { Port } from './port.ts'
export type { Project } from './project.ts'
export type { BlockIo, Device, DeviceRequest, ThrottleDevice, Ulimit, WeightDevice } from './resources.ts'
export type { Dependency, PreStart, Provider, Service } from './service.ts'
export type { Mount, Volume } from './volume.ts'
