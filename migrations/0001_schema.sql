-- The tables of Tasker, all in the schema `tasker`.
--
-- Definitions (namespace … lock_entry) are written rarely, checked by foreign keys, and immutable
-- where a running task depends on them. Runtime tables (task, step, transition, worker) are written
-- at every step; they carry no foreign keys, since a check per row costs more than the row, and only
-- the functions in functions/ write them.
--
-- task, step and transition are partitioned by ranges of the task's id, which has the time of the task's creation:
-- all rows of a task are in one partition of each. Partitions that may have open tasks are here; those whose tasks
-- have all ended are in task_history, step_history and transition_history. So what is written with every step has
-- three or four partitions to plan for, however many years are kept.

create schema if not exists tasker;

create type tasker.task_state as enum
  ('pending', 'in_progress', 'complete', 'error', 'cancelled', 'resolved_manually');

create type tasker.step_state as enum
  ('waiting', 'ready', 'running', 'waiting_for_retry', 'waiting_for_event',
   'complete', 'error', 'cancelled', 'skipped', 'resolved_manually');

create type tasker.backoff as enum ('none', 'linear', 'exponential');

create type tasker.pin_kind as enum ('template', 'component');

create type tasker.step_key as (task_id uuid, step_no smallint);

-- Moves whenever something that resolution depends on changes: a version is published, a pin is set.
-- One row, not a sequence: the number has to become visible together with the change that moved it.
create table tasker.registry_generation (
  singleton boolean primary key default true,
  generation bigint not null,
  constraint registry_generation_is_one_row check (singleton)
);
insert into tasker.registry_generation (generation) values (0);

create table tasker.namespace (
  namespace_id int generated always as identity primary key,
  name text not null unique,
  created_at timestamptz not null default now(),
  constraint namespace_name_is_a_name check (name ~ '^[A-Za-z0-9_-]{1,100}$')
);

-- Uploaded bytes, once per digest, under any number of names.
create table tasker.component_blob (
  digest bytea primary key,
  bytes bytea not null,
  created_at timestamptz not null default now(),
  constraint component_blob_digest_is_sha256 check (octet_length(digest) = 32)
);
-- Wasm is stored as it is: compressing it again costs time at every cold start.
alter table tasker.component_blob alter column bytes set storage external;

create table tasker.component (
  component_id int generated always as identity primary key,
  namespace_id int not null references tasker.namespace,
  name text not null,
  created_at timestamptz not null default now(),
  constraint component_name_is_a_name check (name ~ '^[A-Za-z0-9_-]{1,100}$'),
  constraint component_name_is_unique unique (namespace_id, name)
);

create table tasker.component_version (
  component_version_id int generated always as identity primary key,
  component_id int not null references tasker.component,
  version text not null,
  digest bytea not null references tasker.component_blob,
  size_bytes int not null,
  -- What inspection and `describe` found: handlers, schemas, capabilities, imports.
  descriptor jsonb not null,
  created_at timestamptz not null default now(),
  constraint component_version_is_unique unique (component_id, version)
);

create table tasker.template (
  template_id int generated always as identity primary key,
  namespace_id int not null references tasker.namespace,
  name text not null,
  created_at timestamptz not null default now(),
  constraint template_name_is_a_name check (name ~ '^[A-Za-z0-9_-]{1,100}$'),
  constraint template_name_is_unique unique (namespace_id, name)
);

create table tasker.template_version (
  template_version_id int generated always as identity primary key,
  template_id int not null references tasker.template,
  version text not null,
  digest bytea not null,
  -- The YAML as its author wrote it, and what it says.
  source text not null,
  definition jsonb not null,
  created_at timestamptz not null default now(),
  constraint template_version_is_unique unique (template_id, version)
);

create table tasker.step_template (
  template_version_id int not null references tasker.template_version,
  -- From 0; parents come before children.
  step_no smallint not null,
  name text not null,
  parents smallint not null,
  -- No step depends on it: the task is complete when all such steps are.
  is_sink boolean not null,
  max_attempts smallint not null,
  backoff tasker.backoff not null,
  backoff_base_ms int not null,
  backoff_max_ms int not null,
  jitter real not null,
  timeout_ms int not null,
  -- As the template says: given to the handler; enforced on its result.
  config json,
  result_schema json,
  primary key (template_version_id, step_no),
  constraint step_template_name_is_unique unique (template_version_id, name),
  constraint step_template_max_attempts_is_positive check (max_attempts >= 1),
  constraint step_template_backoff_is_ordered check (0 <= backoff_base_ms and backoff_base_ms <= backoff_max_ms),
  constraint step_template_jitter_is_a_share check (jitter between 0 and 1),
  constraint step_template_timeout_is_positive check (timeout_ms >= 1)
);

create table tasker.dependency (
  template_version_id int not null references tasker.template_version,
  from_no smallint not null,
  to_no smallint not null,
  primary key (template_version_id, from_no, to_no),
  constraint dependency_goes_forward check (from_no < to_no)
);
create index dependency_by_child on tasker.dependency (template_version_id, to_no, from_no);

-- An operator's rule: in this namespace, new tasks take this version of that template or component.
create table tasker.pin (
  namespace_id int not null references tasker.namespace,
  kind tasker.pin_kind not null,
  -- `name` of this namespace, or `other/name`.
  target text not null,
  requirement text not null,
  created_at timestamptz not null default now(),
  created_by text not null default '',
  primary key (namespace_id, kind, target)
);
-- Who pins this.
create index pin_by_target on tasker.pin (target, kind);

-- What a template version and the pins resolved to; immutable, shared by tasks that resolved alike.
create table tasker.lock (
  lock_id int generated always as identity primary key,
  template_version_id int not null references tasker.template_version,
  fingerprint bytea not null,
  created_at timestamptz not null default now(),
  constraint lock_is_unique unique (fingerprint)
);

create table tasker.lock_entry (
  lock_id int not null references tasker.lock,
  step_no smallint not null,
  component_version_id int not null references tasker.component_version,
  handler text not null,
  primary key (lock_id, step_no)
);
create index lock_entry_by_component_version on tasker.lock_entry (component_version_id);

-- The columns that change are the last ones: an update logs a row from its first changed byte on.
create table tasker.task (
  task_id uuid primary key,
  namespace_id int not null,
  template_id int not null,
  template_version_id int not null,
  lock_id int not null,
  created_at timestamptz not null,
  correlation_id text not null,
  -- The identity that makes duplicates, by tasker.identity; null if every submit is a new task.
  identity_key text,
  input json not null,
  -- Somebody waits for its end and is to be notified.
  is_watched boolean not null default false,
  -- Sinks that are not complete; the task is complete at 0.
  remaining_sinks smallint not null,
  state tasker.task_state not null default 'pending',
  finished_at timestamptz,
  -- Why it did not complete: {step, code, message} or {reason}.
  error json,
  -- From 0, the lowest, to 9.
  priority smallint not null default 4,
  constraint task_remaining_sinks_counts_down check (remaining_sinks >= 0),
  constraint task_finishes_when_final check ((finished_at is null) = (state in ('pending', 'in_progress')))
) partition by range (task_id);

create index task_open on tasker.task (task_id) where finished_at is null;
create index task_by_template on tasker.task (template_id, task_id);
-- Tasks that failed or were cancelled; `error` is set with `finished_at`, so this costs others nothing.
create index task_failed on tasker.task
  ((case when error ->> 'step' is null then 'cancelled' else 'error' end), task_id) where error is not null;
create index task_failed_of_template on tasker.task
  (template_id, (case when error ->> 'step' is null then 'cancelled' else 'error' end), task_id) where error is not null;

-- Which task has an identity. A table of its own, since no index of a partition can say so of all tasks. A row goes
-- with its task.
create table tasker.identity (
  template_id int not null,
  identity_key text not null,
  task_id uuid not null,
  primary key (template_id, identity_key)
);
create index identity_by_task on tasker.identity (task_id);

-- The columns are in the order in which they get their final values, for the reason above.
create table tasker.step (
  task_id uuid not null,
  step_no smallint not null,
  is_sink boolean not null,
  -- A step of this task failed for good: the end of each further step has to check whether it was the last.
  is_task_failing boolean not null default false,
  timeout_ms int not null,
  -- Attempts that do not count against max_attempts: lost with their worker, released, checkpointed.
  free_attempts smallint not null default 0,
  -- Those of them that were lost with their worker; bounded, because a handler may be what kills it.
  worker_losses smallint not null default 0,
  -- The newest attempt's number; 0 before the first.
  attempt smallint not null default 0,
  -- Parents that are not complete; the step is released at 0.
  remaining_deps smallint not null,
  worker_id int,
  -- That of its task, for the queue.
  namespace_id int not null,
  started_at timestamptz,
  deadline_at timestamptz,
  state tasker.step_state not null,
  -- From when on it may be claimed; null unless it is to be claimed. It is in tasker.queue with this time.
  ready_at timestamptz,
  finished_at timestamptz,
  result json,
  error json,
  checkpoint json,
  -- That of its task, for the queue.
  priority smallint not null default 4,
  primary key (task_id, step_no),
  constraint step_remaining_deps_counts_down check (remaining_deps >= 0),
  constraint step_waits_for_parents check (remaining_deps = 0 or state in ('waiting', 'cancelled', 'skipped', 'resolved_manually')),
  constraint step_running_has_a_lease check (state <> 'running' or (worker_id is not null and deadline_at is not null)),
  constraint step_is_claimable_when_ready check ((ready_at is not null) = (state in ('ready', 'waiting_for_retry'))),
  constraint step_finishes_when_final check ((finished_at is null) = (state in
    ('waiting', 'ready', 'running', 'waiting_for_retry', 'waiting_for_event'))),
  constraint step_complete_has_a_result check (state <> 'complete' or result is not null)
) partition by range (task_id);

-- The steps that are to be claimed, now or later, by namespace and in the order of the claim: one row for each step with
-- a `ready_at`, written by the statement that sets it. It is a table and not an index of tasker.step, so that no update
-- of a step touches an index, and so that what was claimed is vacuumed away in no time however many steps there are. A
-- step that is claimed as it is released is never here. Who changes a row holds the lock of its step.
create table tasker.queue (
  namespace_id int not null,
  ready_at timestamptz not null,
  task_id uuid not null,
  step_no smallint not null,
  primary key (namespace_id, ready_at, task_id, step_no)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- How the namespaces' turns at the queue differ; a namespace without a row has weight 1.
create table tasker.queue_rule (
  namespace_id int primary key references tasker.namespace,
  -- Steps that it gets in one claim for each that a namespace of weight 1 gets.
  weight smallint not null default 1,
  -- None of its steps is claimed.
  is_paused boolean not null default false,
  set_at timestamptz not null default now(),
  set_by text not null,
  constraint queue_rule_weight_is_bounded check (weight between 1 and 100)
);

-- The one log: every change of state of tasks (step_no null) and steps, and the events of handlers; append-only.
create table tasker.transition (
  seq bigint generated always as identity,
  -- Its transaction, so that a reader can stay below what is still open.
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null,
  task_id uuid not null,
  step_no smallint,
  attempt smallint,
  worker_id int,
  -- Null on events.
  to_state text,
  detail json,
  -- The ledger: what each attempt used, on the transition that ended it. Null on all others.
  -- The version that ran, which the lock of the task may have been moved from since.
  component_version_id int,
  -- From the start of the instance to its end.
  wall_ms real,
  -- On the processor, in the guest and in what it had the host do.
  cpu_ms real,
  -- Between a call of the guest to the host and its answer.
  host_ms real,
  -- The most that all memories and tables held together.
  memory_kib int,
  -- Bodies of HTTP responses and requests, in bytes; a larger value is stored as 2 GiB.
  in_bytes int,
  out_bytes int,
  http_requests int,
  -- An event's name, such as `orders.charged`; null on changes of state. Its payload is the detail.
  event text
) partition by range (task_id);
create index transition_by_task on tasker.transition (task_id);
-- A partition grows in the order of time: this finds a window of it at next to no cost a row.
create index transition_by_time on tasker.transition using brin (at) with (pages_per_range = 32, autosummarize = on);

-- The same as hosts report it, with each attempt that ends.
create type tasker.usage as (
  component_version_id int, wall_ms real, cpu_ms real, host_ms real, memory_kib int,
  in_bytes int, out_bytes int, http_requests int
);

-- An event as hosts report it, with the attempt that it is of: its place in the call's arrays, from 1.
create type tasker.event as (attempt_ord int, name text, payload text);

-- Tasks that have ended, in partitions that are written no more.
create table tasker.task_history (
  like tasker.task including defaults including constraints including indexes
) partition by range (task_id);
create table tasker.step_history (
  like tasker.step including defaults including constraints including indexes
) partition by range (task_id);
create table tasker.transition_history (
  like tasker.transition including constraints including indexes
) partition by range (task_id);

-- All tasks, for readers. `partition` and `place` find a row of the log again.
create view tasker.every_task as
select * from tasker.task union all select * from tasker.task_history;
create view tasker.every_step as
select * from tasker.step union all select * from tasker.step_history;
create view tasker.every_transition as
select tableoid as partition, ctid as place, * from tasker.transition
union all
select tableoid, ctid, * from tasker.transition_history;

-- The partitions of the three tables, which are made, closed and dropped together: task_20261128 and so on, by the day
-- of their beginning. Besides there are task_carried and so on, for older tasks than of all partitions that are not closed.
create table tasker.partition (
  -- Tasks with ids from here...
  from_at timestamptz primary key,
  -- ... to here, without it.
  until_at timestamptz not null,
  -- When it went to the history, because its tasks had ended.
  closed_at timestamptz,
  -- When tasker.partition_content was written.
  summed_at timestamptz,
  constraint partition_has_a_range check (from_at < until_at)
);

-- What a closed partition has or had, for the time when it may be dropped.
create table tasker.partition_content (
  from_at timestamptz not null references tasker.partition,
  namespace_id int not null,
  state tasker.task_state not null,
  last_finished_at timestamptz not null,
  primary key (from_at, namespace_id, state)
);

-- How many days a new partition is for.
create table tasker.partition_width (
  singleton boolean primary key default true,
  days int not null default 30,
  constraint partition_width_is_one_row check (singleton),
  constraint partition_width_days_are_bounded check (days between 1 and 366)
);
insert into tasker.partition_width default values;

-- One run of the worker loop of one host. Its heartbeat keeps all its leases.
create table tasker.worker (
  worker_id int generated always as identity primary key,
  host_name text not null,
  pid int not null,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null,
  -- Stopped, or declared dead; its leases are stale.
  stopped_at timestamptz
);
create index worker_alive on tasker.worker (heartbeat_at) where stopped_at is null;

-- Which text of functions/ this database has.
create table tasker.functions (
  singleton boolean primary key default true,
  digest text not null,
  constraint functions_is_one_row check (singleton)
);
