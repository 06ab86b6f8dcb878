-- Who runs it, what handlers store, and how long tasks are kept.

-- The right of one worker to run one attempt.
create type tasker.lease as (task_id uuid, step_no smallint, attempt int);

-- A claimed step, with what its row says of the attempt.
create type tasker.claimed_step as (task_id uuid, step_no smallint, attempt int, checkpoint text, ready_at timestamptz);

-- One run of the worker loop of one host. Its heartbeat keeps all its leases.
create table tasker.worker (
  worker_id int generated always as identity primary key,
  host_name text not null,
  pid int not null,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null,
  -- Stopped, or declared dead; its leases are stale.
  stopped_at timestamptz,
  -- The beginning of the uninterrupted series of heartbeats, in the eyes of the database: workers are declared dead only
  -- by one that was alive itself for as long.
  alive_since timestamptz not null default now(),
  -- A claim of a worker may still be under way when the worker is stopped, so what it holds is looked at once
  -- more. That is remembered until it is done, however long no host runs.
  is_settled boolean not null default false,
  -- What heartbeats named, until it was found to be over.
  leases tasker.lease[] not null default '{}',
  -- Whatever else the worker holds was claimed later than this, less tasker.call_max(): it is in the log.
  leases_at timestamptz not null,
  -- When the worker last was not sure to know all its leases, or the database may have lost some of its reports.
  unsure_at timestamptz not null default '-infinity',
  -- When the log was last searched for leases that the worker does not know, and none was left.
  checked_at timestamptz not null,
  -- The server that took the last heartbeat.
  server_started_at timestamptz not null default pg_postmaster_start_time(),
  -- What operators see of a host: its version and slots when it registered, and what it runs with each heartbeat.
  version text,
  slots int,
  -- Leases that it runs or has yet to report, by its last heartbeat.
  running int not null default 0,
  -- Since when it is to claim nothing.
  draining_since timestamptz,
  -- Since when it claims nothing and holds nothing.
  drained_at timestamptz
);
create index worker_alive on tasker.worker (heartbeat_at) where stopped_at is null;
create index worker_unsettled on tasker.worker (stopped_at) where stopped_at is not null and not is_settled;
-- For the list of hosts, which has those that stopped in the last hour.
create index worker_stopped on tasker.worker (stopped_at) where stopped_at is not null;

-- The latest time that the hosts have seen on the database's clock.
create table tasker.clock_mark (
  singleton boolean primary key default true,
  high_at timestamptz not null,
  -- By how much the clock was set back, for as long as steps are moved for it; then null.
  set_back interval,
  -- Steps that were due until then have been moved.
  moved_until timestamptz,
  constraint clock_mark_is_one_row check (singleton),
  constraint clock_mark_moves_when_set_back check ((set_back is null) = (moved_until is null))
);
insert into tasker.clock_mark (high_at) values (now());


-- Which text of functions/ this database has.
create table tasker.functions (
  singleton boolean primary key default true,
  digest text not null,
  -- Who installed it, so that a host of an older release leaves the functions of a newer one, and hosts
  -- of two releases run on one database while it is upgraded.
  -- The number of the last migration that this host knew.
  schema_version bigint not null default 0,
  -- The release of the host.
  host_version text not null default '0.0.0',
  -- The oldest release whose hosts work beside it.
  oldest_host text not null default '0.0.0',
  constraint functions_is_one_row check (singleton)
);

-- Attempts under way when their task was moved to another lock: what they still run. A row whose
-- attempt has ended means nothing any more.
create table tasker.superseded_attempt (
  task_id uuid not null,
  step_no smallint not null,
  attempt int not null,
  component_version_id int not null,
  primary key (task_id, step_no)
);

-- Small values that outlive tasks. Handlers' writes come with the completion of their step, operators'
-- come alone.
create sequence tasker.kv_version;

-- Like the runtime tables without foreign keys: the functions are the only writers.
create table tasker.kv (
  namespace_id int not null,
  -- Both in byte order, in which keys are listed and locked.
  bucket text collate "C" not null,
  key text collate "C" not null,
  -- Of one sequence for all: a key that was removed and set again never has a version that it had.
  version bigint not null default nextval('tasker.kv_version'),
  value json not null,
  updated_at timestamptz not null,
  -- The task whose step wrote it; null if an operator did.
  task_id uuid,
  primary key (namespace_id, bucket, key),
  constraint kv_bucket_is_a_name check (bucket ~ '^[A-Za-z0-9_-]{1,100}$'),
  constraint kv_key_is_bounded check (octet_length(key) between 1 and 200),
  constraint kv_value_is_bounded check (octet_length(value::text) <= 65536)
);

-- When versions were last used, so that nothing has to look through the log for it.

create table tasker.last_use (
  kind tasker.pin_kind not null,
  -- Of a component or a template, as `kind` says.
  version_id int not null,
  -- When an attempt of the component's version began or ended, or a task of the template's version was
  -- created; to within a minute or two.
  used_at timestamptz not null,
  primary key (kind, version_id)
) with (fillfactor = 50);

-- How long finished tasks are kept, by namespace and final state; a state without a row is kept for ever.

create table tasker.retention (
  namespace_id int not null references tasker.namespace,
  -- `complete` is also for tasks that were resolved manually.
  state tasker.task_state not null,
  -- From the end of a task on. A namespace that keeps everything against the rule for all has one row without it.
  keep_ms bigint,
  set_at timestamptz not null default now(),
  set_by text not null,
  -- The walk over the tasks of the namespace goes on at this time, ...
  walk_at timestamptz not null,
  -- ... behind this task of this template; null: behind all tasks of the template.
  template_id int not null default 0,
  task_id uuid,
  -- It follows the rule for all: tasker.follow_default_retention made it.
  is_inherited boolean not null default false,
  primary key (namespace_id, state),
  constraint retention_state_is_final check (state in ('complete', 'error', 'cancelled')),
  constraint retention_keep_ms_is_a_minute check (keep_ms >= 60000)
);
create index retention_by_walk on tasker.retention (walk_at);

-- One host deletes at a time: who has locked this row. It is the turn of the next from `next_at` on, so that all
-- hosts together spend a small share of the time on it.
create table tasker.retention_pace (
  singleton boolean primary key default true,
  next_at timestamptz not null default '-infinity',
  -- When the namespaces are next looked at that follow the rule for all.
  follow_at timestamptz not null default '-infinity',
  constraint retention_pace_is_one_row check (singleton)
);
insert into tasker.retention_pace default values;

-- A rule on how long finished tasks are kept for all namespaces that have none of their own.
create table tasker.retention_default (
  state tasker.task_state primary key,
  keep_ms bigint not null,
  set_at timestamptz not null default now(),
  set_by text not null,
  constraint retention_default_state_is_final check (state in ('complete', 'error', 'cancelled')),
  constraint retention_default_keep_ms_is_a_minute check (keep_ms >= 60000)
);

-- How long idempotency keys are kept, from the submit on; one without a rule lasts as long as its task. For namespaces
-- that have a rule in tasker.retention too, and for all others: namespace_id 0.
create table tasker.key_retention (
  namespace_id int primary key,
  keep_ms bigint not null,
  set_at timestamptz not null default now(),
  set_by text not null,
  constraint key_retention_keep_ms_is_a_minute check (keep_ms >= 60000)
);

-- The walk over the idempotency keys: goes on behind this task at this time.
create table tasker.key_walk (
  singleton boolean primary key default true,
  task_id uuid not null default '00000000-0000-0000-0000-000000000000',
  next_at timestamptz not null default '-infinity',
  constraint key_walk_is_one_row check (singleton)
);
insert into tasker.key_walk default values;

-- The rules that are in force: what a namespace inherited counts as long as the rule for all says the same, and the
-- namespace has none of its own.
create view tasker.effective_retention as
select r.namespace_id, r.state, r.keep_ms
from tasker.retention r
where not r.is_inherited
   or exists (select from tasker.retention_default d where d.state = r.state and d.keep_ms = r.keep_ms)
      and not exists (select from tasker.retention o where o.namespace_id = r.namespace_id and not o.is_inherited);

-- When all tasks of a closed partition may be deleted; infinite if some are kept for ever.
create view tasker.partition_due as
select p.from_at, p.until_at,
       max(case when c.from_at is null then '-infinity'
                when r.keep_ms is null then 'infinity'
                else c.last_finished_at + r.keep_ms * interval '1 millisecond' end) as due_at
from tasker.partition p
left join tasker.partition_content c using (from_at)
left join tasker.effective_retention r
  on r.namespace_id = c.namespace_id
  and r.state = case c.state when 'resolved_manually' then 'complete' else c.state end
where p.summed_at is not null
group by p.from_at, p.until_at;
