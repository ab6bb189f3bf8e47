import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

/** Set by the database when the row is made. */
type Made = ColumnType<Date, never, never>
type Json<T> = ColumnType<T, string, string>
type NullableJson<T> = ColumnType<T | null, string | null, string | null>

export interface OrganizationTable {
  id: string
  slug: string
  name: string
  revision: Generated<number>
  created_at: Made
}

export interface ChainHeadTable {
  organization_id: string
  event_number: Generated<number>
  audit_number: Generated<number>
  audit_hash: Generated<string>
}

export interface AccountTable {
  id: string
  email: string
  name: string
  password_hash: string | null
  superadmin: Generated<boolean>
  disabled_at: Date | null
  revision: Generated<number>
  created_at: Made
}

export type RoleName = 'viewer' | 'operator' | 'admin' | 'owner'

export interface MembershipTable {
  organization_id: string
  account_id: string
  role: RoleName
  created_at: Made
}

export interface SessionTable {
  id: string
  account_id: string
  address: string
  user_agent: string
  created_at: Made
  last_seen_at: Generated<Date>
  expires_at: Date
  revoked_at: Date | null
}

export interface RefreshTokenTable {
  hash: Buffer
  session_id: string
  created_at: Made
  used_at: Date | null
}

export interface ApiTokenTable {
  id: string
  organization_id: string
  account_id: string
  name: string
  hash: Buffer
  /** Null means whatever the account's role allows. */
  permissions: string[] | null
  created_at: Made
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
}

export interface InvitationTable {
  id: string
  organization_id: string
  email: string
  role: RoleName
  hash: Buffer
  created_by: string
  created_at: Made
  expires_at: Date
  accepted_at: Date | null
}

export interface SetupLinkTable {
  hash: Buffer
  created_at: Made
  expires_at: Date
  used_at: Date | null
}

export interface TargetTable {
  id: string
  organization_id: string
  name: string
  kind: string
  connection: Json<Record<string, unknown>>
  credentials: string | null
  concurrency: number
  status: Json<Record<string, unknown>>
  revision: Generated<number>
  created_at: Made
}

export interface RegistryCredentialTable {
  id: string
  organization_id: string
  host: string
  username: string
  password: string
  revision: Generated<number>
  created_at: Made
}

export interface StackTable {
  id: string
  organization_id: string
  name: string
  description: string
  latest_version: Generated<number>
  revision: Generated<number>
  created_at: Made
}

export interface StackVersionTable {
  stack_id: string
  number: number
  files: Json<unknown>
  entry: Json<unknown>
  variables: Json<unknown>
  digest: string
  note: string
  created_by: string | null
  created_at: Made
}

export interface SecretTable {
  id: string
  organization_id: string
  name: string
  description: string
  latest_version: number
  revision: Generated<number>
  created_at: Made
}

export interface SecretVersionTable {
  secret_id: string
  number: number
  sealed: string
  created_by: string | null
  created_at: Made
}

export interface DeploymentTable {
  id: string
  organization_id: string
  name: string
  project: string
  target_id: string
  stack_id: string
  stack_version: number
  variables: Json<Record<string, string>>
  options: Json<unknown>
  current_release: number | null
  latest_release: Generated<number>
  state: string
  drift: NullableJson<unknown>
  revision: Generated<number>
  created_at: Made
  destroyed_at: Date | null
}

export interface ReleaseTable {
  deployment_id: string
  number: number
  stack_version: number
  model: Json<unknown>
  digests: Json<unknown>
  secrets: Json<unknown>
  environment: Json<Record<string, string>>
  reason: string
  author: string
  operation_id: string
  created_at: Made
}

export interface OperationTable {
  id: string
  organization_id: string
  deployment_id: string
  target_id: string
  position: GeneratedAlways<number>
  kind: string
  state: string
  request: Json<unknown>
  plan: NullableJson<unknown>
  approved_fingerprint: string | null
  release: number | null
  previous_release: number | null
  error: NullableJson<unknown>
  author: string
  author_id: string | null
  fence: Generated<number>
  lease_owner: string | null
  lease_expires_at: Date | null
  attempts: Generated<number>
  cancel_requested_at: Date | null
  log_number: Generated<number>
  revision: Generated<number>
  created_at: Made
  started_at: Date | null
  finished_at: Date | null
}

export interface OperationStepTable {
  operation_id: string
  attempt: number
  step: string
  number: number
  phase: string
  action: string
  resource: string
  state: string
  message: string | null
  started_at: Date | null
  finished_at: Date | null
}

export interface OperationLogTable {
  operation_id: string
  number: number
  time: Date
  level: string
  step: string | null
  text: string
}

export interface EventTable {
  organization_id: string
  number: number
  time: Made
  type: string
  subject: string
  data: Json<Record<string, unknown>>
}

export interface AuditEntryTable {
  organization_id: string
  number: number
  time: Date
  actor: Json<unknown>
  action: string
  subject: string
  address: string
  request_id: string
  before: NullableJson<unknown>
  after: NullableJson<unknown>
  previous_hash: string
  hash: string
}

export interface IdempotencyKeyTable {
  principal: string
  key: string
  request_hash: string
  status: number | null
  sealed_body: string | null
  headers: NullableJson<Record<string, string>>
  created_at: Made
}

export interface CounterTable {
  key: string
  count: number
  resets_at: Date
}

export interface TicketTable {
  key: string
  value: string
  expires_at: Date
}

export interface ScheduleTable {
  id: string
  organization_id: string
  deployment_id: string
  name: string
  kind: 'deploy' | 'restart' | 'stop' | 'start'
  cron: string
  timezone: string
  enabled: boolean
  next_at: Date | null
  last_at: Date | null
  last_operation: string | null
  last_error: string | null
  revision: Generated<number>
  created_at: Made
}

/** Every table by name, for Kysely. */
export interface Tables {
  organization: OrganizationTable
  chain_head: ChainHeadTable
  account: AccountTable
  membership: MembershipTable
  session: SessionTable
  refresh_token: RefreshTokenTable
  api_token: ApiTokenTable
  invitation: InvitationTable
  setup_link: SetupLinkTable
  target: TargetTable
  registry_credential: RegistryCredentialTable
  stack: StackTable
  stack_version: StackVersionTable
  secret: SecretTable
  secret_version: SecretVersionTable
  deployment: DeploymentTable
  release: ReleaseTable
  operation: OperationTable
  operation_step: OperationStepTable
  operation_log: OperationLogTable
  schedule: ScheduleTable
  event: EventTable
  audit_entry: AuditEntryTable
  idempotency_key: IdempotencyKeyTable
  counter: CounterTable
  ticket: TicketTable
}
