import type { OperationRow } from './operation-repository.ts'
import type { DeploymentRow, Release } from './repository.ts'
import type { OperationError } from './schema.ts'

/** What the outside sees of a row. Members are listed: a new column does not become public by itself. */
export function deploymentView(row: DeploymentRow) {
  return {
    id: row.id,
    name: row.name,
    project: row.project,
    stack: row.stack_id,
    stackVersion: row.stack_version,
    target: row.target_id,
    state: row.state,
    drifted: (row.drift?.changes.length ?? 0) > 0,
    createdAt: row.created_at.toISOString(),
    ...(row.drift === null ? {} : { drift: { ...row.drift, changes: [...row.drift.changes] } }),
    ...(row.current_release === null ? {} : { currentRelease: row.current_release }),
    ...(row.operation === null ? {} : { operation: row.operation }),
  }
}

export function deploymentDetail(row: DeploymentRow) {
  return { ...deploymentView(row), variables: row.variables, options: row.options }
}

export function releaseView(
  row: Omit<Release, 'model' | 'secrets' | 'digests' | 'environment'>,
  current: number | null,
) {
  return {
    number: row.number,
    current: row.number === current,
    stackVersion: row.stack_version,
    reason: row.reason,
    author: row.author,
    operation: row.operation_id,
    createdAt: row.created_at.toISOString(),
  }
}

export function operationView(row: OperationRow, queuePosition?: number) {
  const { error } = row
  return {
    id: row.id,
    deployment: row.deployment_id,
    target: row.target_id,
    kind: row.kind,
    state: row.state,
    reason: row.request.reason,
    author: row.author,
    attempts: row.attempts,
    createdAt: row.created_at.toISOString(),
    ...(row.release === null ? {} : { release: row.release }),
    ...(row.previous_release === null ? {} : { previousRelease: row.previous_release }),
    ...(queuePosition === undefined ? {} : { queuePosition }),
    ...(error === null ? {} : { error: errorView(error) }),
    ...(row.started_at === null ? {} : { startedAt: row.started_at.toISOString() }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
  }
}

function errorView({ lines, ...rest }: OperationError) {
  return { ...rest, ...(lines === undefined ? {} : { lines: [...lines] }) }
}

export function stepView(row: {
  attempt: number
  step: string
  phase: string
  action: string
  resource: string
  state: string
  message: string | null
  started_at: Date | null
  finished_at: Date | null
}) {
  const { attempt, step, phase, action, resource, state } = row
  return {
    attempt,
    step,
    phase,
    action,
    resource,
    state,
    ...(row.message === null ? {} : { message: row.message }),
    ...(row.started_at === null ? {} : { startedAt: row.started_at.toISOString() }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
  }
}
