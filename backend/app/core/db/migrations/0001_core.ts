/** The tables of the core. Times are UTC; ids are UUIDv7 made by the program; `revision` is what ETags are made of. */
export const sql = `
create table organization (
  id uuid primary key,
  slug text not null unique,
  name text not null,
  revision integer not null default 1,
  created_at timestamptz not null default now()
);

-- One row per organization, and one of the nil id for the platform: the next event number and the end of the audit chain.
-- Locked last in each transaction that writes either, so numbers have no gaps and are committed in their order.
create table chain_head (
  organization_id uuid primary key,
  event_number bigint not null default 0,
  audit_number bigint not null default 0,
  audit_hash text not null default ''
);
insert into chain_head (organization_id) values ('00000000-0000-0000-0000-000000000000');

create table account (
  id uuid primary key,
  email text not null,
  name text not null,
  password_hash text,
  superadmin boolean not null default false,
  disabled_at timestamptz,
  revision integer not null default 1,
  created_at timestamptz not null default now()
);
create unique index account_email on account (lower(email));

create table membership (
  organization_id uuid not null references organization on delete cascade,
  account_id uuid not null references account on delete cascade,
  role text not null check (role in ('viewer', 'operator', 'admin', 'owner')),
  created_at timestamptz not null default now(),
  primary key (organization_id, account_id)
);
create index membership_account on membership (account_id);

create table session (
  id uuid primary key,
  account_id uuid not null references account on delete cascade,
  address text not null,
  user_agent text not null,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index session_account on session (account_id);

create table refresh_token (
  hash bytea primary key,
  session_id uuid not null references session on delete cascade,
  created_at timestamptz not null default now(),
  used_at timestamptz
);
create index refresh_token_session on refresh_token (session_id);

create table api_token (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  account_id uuid not null references account on delete cascade,
  name text not null,
  hash bytea not null unique,
  permissions text[],
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_token_organization on api_token (organization_id, id);

create table invitation (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  email text not null,
  role text not null check (role in ('viewer', 'operator', 'admin', 'owner')),
  hash bytea not null unique,
  created_by uuid not null references account on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz
);
create index invitation_organization on invitation (organization_id, id);

create table setup_link (
  hash bytea primary key,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);

create table target (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  name text not null,
  kind text not null,
  connection jsonb not null,
  credentials text,
  concurrency integer not null check (concurrency between 1 and 100),
  status jsonb not null,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  unique (organization_id, name)
);

create table registry_credential (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  host text not null,
  username text not null,
  password text not null,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  unique (organization_id, host)
);

create table stack (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  name text not null,
  description text not null,
  latest_version integer not null default 0,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  unique (organization_id, name)
);

create table stack_version (
  stack_id uuid not null references stack on delete cascade,
  number integer not null,
  files jsonb not null,
  entry jsonb not null,
  variables jsonb not null,
  digest text not null,
  note text not null,
  created_by uuid references account on delete set null,
  created_at timestamptz not null default now(),
  primary key (stack_id, number)
);

create table secret (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  name text not null,
  description text not null,
  latest_version integer not null,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  unique (organization_id, name)
);

create table secret_version (
  secret_id uuid not null references secret on delete cascade,
  number integer not null,
  sealed text not null,
  created_by uuid references account on delete set null,
  created_at timestamptz not null default now(),
  primary key (secret_id, number)
);

create table deployment (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  name text not null,
  project text not null,
  target_id uuid not null references target,
  stack_id uuid not null references stack,
  stack_version integer not null,
  variables jsonb not null,
  options jsonb not null,
  current_release integer,
  latest_release integer not null default 0,
  state text not null,
  drift jsonb,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  destroyed_at timestamptz
);
create unique index deployment_name on deployment (organization_id, name) where destroyed_at is null;
create unique index deployment_project on deployment (target_id, project) where destroyed_at is null;
create index deployment_page on deployment (organization_id, id);
create index deployment_stack on deployment (stack_id);

create table release (
  deployment_id uuid not null references deployment on delete cascade,
  number integer not null,
  stack_version integer not null,
  -- Kept as it is written: jsonb puts keys into an order of its own, and what was first would no longer be.
  model json not null,
  digests jsonb not null,
  secrets jsonb not null,
  environment jsonb not null,
  reason text not null,
  author text not null,
  operation_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (deployment_id, number)
);

create table operation (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  deployment_id uuid not null references deployment on delete cascade,
  target_id uuid not null references target,
  position bigint generated always as identity unique,
  kind text not null,
  state text not null,
  request jsonb not null,
  plan jsonb,
  approved_fingerprint text,
  release integer,
  previous_release integer,
  error jsonb,
  author text not null,
  author_id uuid,
  fence bigint not null default 0,
  lease_owner text,
  lease_expires_at timestamptz,
  attempts integer not null default 0,
  cancel_requested_at timestamptz,
  log_number bigint not null default 0,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create unique index operation_live on operation (deployment_id) where finished_at is null;
create index operation_queue on operation (target_id, position) where finished_at is null;
create index operation_page on operation (organization_id, id);
create index operation_deployment on operation (deployment_id, id);

create table operation_step (
  operation_id uuid not null references operation on delete cascade,
  attempt integer not null,
  step text not null,
  number integer not null,
  phase text not null,
  action text not null,
  resource text not null,
  state text not null,
  message text,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (operation_id, attempt, step)
);

create table operation_log (
  operation_id uuid not null references operation on delete cascade,
  number bigint not null,
  time timestamptz not null,
  level text not null,
  step text,
  text text not null,
  primary key (operation_id, number)
);

create table event (
  organization_id uuid not null references organization on delete cascade,
  number bigint not null,
  time timestamptz not null default now(),
  type text not null,
  subject text not null,
  data jsonb not null,
  primary key (organization_id, number)
);
create index event_time on event (time);

create table audit_entry (
  organization_id uuid not null,
  number bigint not null,
  time timestamptz not null,
  actor jsonb not null,
  action text not null,
  subject text not null,
  address text not null,
  request_id text not null,
  before jsonb,
  after jsonb,
  previous_hash text not null,
  hash text not null,
  primary key (organization_id, number)
);

create table idempotency_key (
  principal text not null,
  key text not null,
  request_hash text not null,
  status integer,
  sealed_body text,
  headers jsonb,
  created_at timestamptz not null default now(),
  primary key (principal, key)
);
create index idempotency_key_time on idempotency_key (created_at);

-- Counters of rate limits when there is no Redis. Unlogged: losing them in a crash costs nothing.
create unlogged table counter (
  key text primary key,
  count integer not null,
  resets_at timestamptz not null
);
create index counter_time on counter (resets_at);

create unlogged table ticket (
  key text primary key,
  value text not null,
  expires_at timestamptz not null
);
`
