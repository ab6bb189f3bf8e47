/** What is asked for by the clock. */
export const sql = `
create table schedule (
  id uuid primary key,
  organization_id uuid not null references organization on delete cascade,
  deployment_id uuid not null references deployment on delete cascade,
  name text not null,
  kind text not null check (kind in ('deploy', 'restart', 'stop', 'start')),
  cron text not null,
  timezone text not null,
  enabled boolean not null,
  next_at timestamptz,
  last_at timestamptz,
  last_operation uuid,
  last_error text,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  unique (deployment_id, name)
);
create index schedule_due on schedule (next_at) where enabled;
create index schedule_organization on schedule (organization_id, id);
`
