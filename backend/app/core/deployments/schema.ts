import { type Static, Type } from 'typebox'
import { Id } from '../http/page.ts'
import { closed } from '../http/validation.ts'
import { Time } from '../identity/schema.ts'
import { OPERATION_KINDS, OPERATION_STATES, type OperationKind, type OperationState } from './operation.ts'

export const ProjectName = Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9][a-z0-9_-]*$' })
export const DeploymentName = Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' })
export const Variables = Type.Record(
  Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,99}$' }),
  Type.String({ maxLength: 4096 }),
)

export const DeploymentOptions = closed({
  profiles: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 50, default: [] }),
  /** Every change waits until somebody with `deployment:approve` has seen its plan. */
  approval: Type.Boolean({ default: false }),
  removeOrphans: Type.Boolean({ default: true }),
})
export type DeploymentOptionsValue = Static<typeof DeploymentOptions>

export const NewDeployment = closed({
  name: DeploymentName,
  stack: Id,
  version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1e9, description: 'The newest when absent' })),
  target: Id,
  project: Type.Optional(ProjectName),
  variables: Type.Optional(Variables),
  options: Type.Optional(DeploymentOptions),
})
export type NewDeploymentValue = Static<typeof NewDeployment>

export const DeploymentUpdate = closed({
  version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1e9 })),
  variables: Type.Optional(Variables),
  options: Type.Optional(DeploymentOptions),
})
export type DeploymentUpdateValue = Static<typeof DeploymentUpdate>

const reason = Type.String({ maxLength: 500, default: '' })
const services = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 100 }))

export const DeployRequest = closed({
  reason,
  pull: Type.Optional(
    Type.Union([Type.Literal('always'), Type.Literal('missing'), Type.Literal('never'), Type.Literal('policy')]),
  ),
  forceRecreate: Type.Optional(Type.Boolean()),
  gate: Type.Optional(Type.Boolean({ description: 'false: do not wait for health' })),
  /** Agreed to: data of volumes that the plan deletes is lost. */
  consent: Type.Optional(Type.Literal('data-loss')),
})
export type DeployRequestValue = Static<typeof DeployRequest>

export const RollbackRequest = closed({ release: Type.Integer({ minimum: 1, maximum: 1e9 }), reason })
export const LifecycleRequest = closed({ reason, services })
export const DestroyRequest = closed({
  reason,
  /** Names of the volumes to delete with it; each one must be named. */
  volumes: Type.Boolean({ default: false }),
  /** The name of the deployment, typed again: a safeguard against the wrong line of a list. */
  confirm: Type.String({ maxLength: 63 }),
})

/** What an operation was asked to do, as its row keeps it. */
export interface OperationRequest {
  readonly reason: string
  readonly pull?: 'always' | 'missing' | 'never' | 'policy'
  readonly forceRecreate?: boolean
  readonly gate?: boolean
  readonly consent?: 'data-loss'
  readonly release?: number
  readonly services?: readonly string[]
  readonly volumes?: boolean
  /** Whoever asked may let a stack reach beyond its own containers. */
  readonly privileged?: boolean
}

export interface OperationError {
  readonly class: string
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly step?: string
  readonly lines?: readonly string[]
}

const ErrorView = closed({
  class: Type.String(),
  code: Type.String(),
  message: Type.String(),
  hint: Type.Optional(Type.String()),
  step: Type.Optional(Type.String()),
  lines: Type.Optional(Type.Array(Type.String())),
})

export const OperationView = closed({
  id: Id,
  deployment: Id,
  target: Id,
  kind: Type.Unsafe<OperationKind>(Type.Enum([...OPERATION_KINDS])),
  state: Type.Unsafe<OperationState>(Type.Enum([...OPERATION_STATES])),
  reason: Type.String(),
  author: Type.String(),
  release: Type.Optional(Type.Integer()),
  previousRelease: Type.Optional(Type.Integer()),
  queuePosition: Type.Optional(Type.Integer({ description: '1 is next on its target' })),
  error: Type.Optional(ErrorView),
  attempts: Type.Integer({ description: 'Workers that had it in hand' }),
  createdAt: Time,
  startedAt: Type.Optional(Time),
  finishedAt: Type.Optional(Time),
})

const StepView = closed({
  attempt: Type.Integer(),
  step: Type.String(),
  phase: Type.String(),
  action: Type.String(),
  resource: Type.String(),
  state: Type.String(),
  message: Type.Optional(Type.String()),
  startedAt: Type.Optional(Time),
  finishedAt: Type.Optional(Time),
})

export const OperationDetail = closed({
  ...OperationView.properties,
  plan: Type.Optional(Type.Unknown()),
  steps: Type.Array(StepView),
})

const DriftView = closed({
  checkedAt: Time,
  reason: Type.Optional(Type.String({ description: 'Why it could not be looked at' })),
  changes: Type.Array(closed({ resource: Type.String(), action: Type.String(), reason: Type.String() })),
})

export const DeploymentView = closed({
  id: Id,
  name: Type.String(),
  project: Type.String(),
  stack: Id,
  stackVersion: Type.Integer(),
  target: Id,
  state: Type.String(),
  currentRelease: Type.Optional(Type.Integer()),
  drifted: Type.Boolean(),
  drift: Type.Optional(DriftView),
  operation: Type.Optional(Id),
  createdAt: Time,
})

export const DeploymentDetail = closed({
  ...DeploymentView.properties,
  operation: Type.Optional(Id),
  variables: Variables,
  options: DeploymentOptions,
})

export const ReleaseView = closed({
  number: Type.Integer(),
  current: Type.Boolean(),
  stackVersion: Type.Integer(),
  reason: Type.String(),
  author: Type.String(),
  operation: Id,
  createdAt: Time,
})

export const ReleaseDetail = closed({
  ...ReleaseView.properties,
  model: Type.Unknown(),
  secrets: Type.Array(closed({ provider: Type.String(), name: Type.String(), version: Type.Integer() })),
})

export const LogLineView = closed({
  number: Type.Integer(),
  time: Time,
  level: Type.String(),
  step: Type.Optional(Type.String()),
  text: Type.String(),
})
