-- A rule on how long finished tasks are kept for all namespaces that have none of their own.

create table tasker.retention_default (
  state tasker.task_state primary key,
  keep_ms bigint not null,
  set_at timestamptz not null default now(),
  set_by text not null,
  constraint retention_default_state_is_final check (state in ('complete', 'error', 'cancelled')),
  constraint retention_default_keep_ms_is_a_minute check (keep_ms >= 60000)
);

-- Rows of namespaces that follow that rule are made by tasker.follow_default_retention. A namespace that keeps
-- everything against it has one row of its own without a time.
alter table tasker.retention
  add column is_inherited boolean not null default false,
  alter column keep_ms drop not null;

alter table tasker.retention_pace add column follow_at timestamptz not null default '-infinity';

-- The rules that are in force: what a namespace inherited counts as long as the rule for all says the same, and the
-- namespace has none of its own.
create view tasker.effective_retention as
select r.namespace_id, r.state, r.keep_ms
from tasker.retention r
where not r.is_inherited
   or exists (select from tasker.retention_default d where d.state = r.state and d.keep_ms = r.keep_ms)
      and not exists (select from tasker.retention o where o.namespace_id = r.namespace_id and not o.is_inherited);
