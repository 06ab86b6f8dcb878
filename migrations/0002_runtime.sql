-- What runs: tasks, their steps and log, and the queue. These tables are written with every step, by the functions in
-- functions/ only. They have no foreign keys, since a check per row costs more than the row; and no check constraints, since
-- each statement reads the text of all of them anew, a tenth of what a step costs. Tests add these to their databases.
--
-- task, step and transition are partitioned by ranges of the task's id, which has the time of the task's creation:
-- all rows of a task are in one partition of each. Partitions that may have open tasks are here; those whose tasks
-- have all ended are in task_history, step_history and transition_history. So what is written with every step has
-- two to four partitions to plan for, however many years are kept.

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
  -- The W3C trace context that came with the submit; null without one, which costs a row nothing.
  traceparent text,
  -- What its caller marked it with, in order; null without, which costs a row nothing.
  tags text[],
  input json not null,
  -- Somebody waits for its end and is to be notified.
  is_watched boolean not null default false,
  -- Sinks that are not complete; the task is complete at 0.
  remaining_sinks int not null,
  state tasker.task_state not null default 'pending',
  finished_at timestamptz,
  -- Why it did not complete: {step, code, message} or {reason}.
  error json,
  -- Where its steps wait in the queue: priority * tasker.lane_width(), and the hash of its queue key if it has one.
  lane smallint not null default 13104
) partition by range (task_id);

create index task_open on tasker.task (task_id) where finished_at is null;
create index task_by_template on tasker.task (template_id, task_id);
-- Tasks that failed or were cancelled; `error` is set with `finished_at`, so this costs others nothing.
create index task_failed on tasker.task
  ((case when error ->> 'step' is null then 'cancelled' else 'error' end), task_id) where error is not null;
-- The same by template, whose number is negative for those that were cancelled. As one column, since an index that begins
-- with the template alone has the order of task_by_template too: then that one may be walked, with all that did not fail.
create index task_failed_of_template on tasker.task
  ((case when error ->> 'step' is null then - template_id else template_id end), task_id) where error is not null;

-- Tasks by their tags, newest first, where they have some. A table of its own, since an index of the partitions would have
-- to sort all tasks of a tag. A row goes with its task.
create table tasker.task_tag (
  namespace_id int not null,
  tag text not null,
  task_id uuid not null,
  primary key (namespace_id, tag, task_id)
);
create index task_tag_by_task on tasker.task_tag (task_id);

-- Which task has an identity. A table of its own, since no index of a partition can say so of all tasks. A row goes
-- with its task, or before it (tasker.key_retention).
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
  free_attempts int not null default 0,
  -- Those of them that were lost with their worker; bounded, because a handler may be what kills it.
  worker_losses int not null default 0,
  -- The newest attempt's number; 0 before the first.
  attempt int not null default 0,
  -- Parents that are not complete; the step is released at 0.
  remaining_deps int not null,
  worker_id int,
  -- Those of its task: for the queue, and to find its children.
  namespace_id int not null,
  template_version_id int not null,
  started_at timestamptz,
  deadline_at timestamptz,
  state tasker.step_state not null,
  -- From when on it may be claimed; null unless it is to be claimed. It is in tasker.queue with this time.
  ready_at timestamptz,
  finished_at timestamptz,
  result json,
  error json,
  checkpoint json,
  -- That of its task, for the queue; without the key as long as the step is delayed, and from then on.
  lane smallint not null default 13104,
  primary key (task_id, step_no)
) partition by range (task_id);

-- The steps that are to be claimed, now or later, by namespace and in the order of the claim: one row for each step with
-- a `ready_at`, written by the statement that sets it. It is a table and not an index of tasker.step, so that no update
-- of a step touches an index, and so that what was claimed is vacuumed away in no time however many steps there are. A
-- step that is claimed as it is released is never here. Who changes a row holds the lock of its step. Vacuum does not give
-- its empty end back, for which it would lock it against all claims.
create table tasker.queue (
  namespace_id int not null,
  ready_at timestamptz not null,
  task_id uuid not null,
  step_no smallint not null,
  -- Each priority of a namespace is a lane of its own, and each hash of a key within it. Steps that are not due are in
  -- the lanes without a key, so that no claim has to read the lane of a key in vain.
  lane smallint not null default 13104,
  primary key (namespace_id, lane, ready_at, task_id, step_no),
  constraint queue_lane_is_of_a_priority check (lane between 0 and 32759)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
  vacuum_truncate = off);

-- The steps that are ready and not to be claimed, since their code is quarantined: they have no `ready_at` and are not in
-- the queue. A release, a move to other code or a cancellation takes them from here. Who changes a row holds the lock of
-- its step.
create table tasker.suspended_step (
  task_id uuid not null,
  step_no smallint not null,
  primary key (task_id, step_no)
);

-- How the namespaces' turns at the queue differ; a namespace without a row has weight 1.
create table tasker.queue_rule (
  namespace_id int primary key references tasker.namespace,
  -- Steps that it gets in one claim for each that a namespace of weight 1 gets.
  weight smallint not null default 1,
  -- None of its steps is claimed.
  is_paused boolean not null default false,
  set_at timestamptz not null default now(),
  set_by text not null,
  -- How many of its steps run at the same time, on all hosts together; null without a limit.
  max_running int,
  constraint queue_rule_weight_is_bounded check (weight between 1 and 100),
  constraint queue_rule_max_running_is_bounded check (max_running between 1 and 1000)
);

-- Which steps of namespaces with a limit run. A slot is free when its step does not run this attempt any more; whatever
-- ends an attempt leaves the row. Claims write it while they have the row of the namespace in tasker.queue_rule
-- locked; the report of a step hands its slot on to the step that it releases and claims.
--
-- Who takes a slot deletes its row and inserts one with the next turn, and readers begin at the last turn (tasker.slots).
-- So rows of before, which an old snapshot keeps, are never passed over.
create table tasker.queue_slot (
  namespace_id int not null,
  slot_no int not null,
  turn bigint not null,
  task_id uuid not null,
  step_no smallint not null,
  attempt int not null,
  primary key (namespace_id, slot_no, turn)
);
create index queue_slot_step on tasker.queue_slot (task_id, step_no);

-- How far open tasks were checked for steps that are to be claimed and have no row in the queue, and when the next are.
create table tasker.queue_check (
  singleton boolean primary key default true,
  -- The step up to which they were.
  task_id uuid not null default '00000000-0000-0000-0000-000000000000',
  step_no smallint not null default -1,
  next_at timestamptz not null default '-infinity',
  constraint queue_check_is_one_row check (singleton)
);
insert into tasker.queue_check default values;

-- The one log: every change of state of tasks (step_no null) and steps, and the events of handlers; append-only.
create table tasker.transition (
  -- The position in the log, see tasker.log_horizon. It is drawn while the rows are locked that the change is of, so
  -- per task it has the order of what happened. Sessions must not draw it in advance (cache 1).
  seq bigint generated always as identity,
  at timestamptz not null,
  task_id uuid not null,
  step_no smallint,
  attempt int,
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
-- A partition grows in the order of time and of seq: this finds a window of either at next to no cost a row.
create index transition_by_time on tasker.transition using brin (at, seq)
  with (pages_per_range = 32, autosummarize = on);

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

-- What attempts logged, in chunks of lines: written by hosts while attempts run, outside of every other transaction
-- (tasker.append_attempt_logs). It is partitioned as tasker.task is, but has no history: its partition stays until that of the
-- tasks is dropped. attempt_log_carried takes what has no partition any more: the log of tasks that outlived theirs.
create table tasker.attempt_log (
  task_id uuid not null,
  step_no smallint not null,
  attempt int not null,
  -- The number of the last line of the chunk; lines of an attempt are numbered from 1.
  last_line int not null,
  -- An array of {at, level, source, message, fields}, in order; the last one has the number last_line.
  lines json not null,
  primary key (task_id, step_no, attempt, last_line)
) partition by range (task_id);

-- What attempts saw of their hosts, so that they can be replayed (tasker.keep_recording): those that rules ask for
-- (tasker.recording_rule), for some days (tasker.expire_recordings) and within a bound on all of them
-- (tasker.trim_recordings). They go with their tasks.
create table tasker.recording (
  task_id uuid not null,
  step_no smallint not null,
  attempt int not null,
  recorded_at timestamptz not null default now(),
  -- It can be replayed; otherwise it says why not.
  is_complete bool not null,
  -- What content is encrypted with, as secrets are; null: it is not, since nothing secret was granted.
  key_id bytea,
  nonce bytea,
  -- JSON, compressed by gzip.
  content bytea not null,
  primary key (task_id, step_no, attempt),
  constraint recording_has_a_nonce_with_its_key check ((key_id is null) = (nonce is null))
);
-- It is compressed already.
alter table tasker.recording alter column content set storage external;

-- How many bytes of content all recordings have: the sum over the rows, of which one may be negative. Whoever keeps or
-- deletes recordings adds to one of them, so that few wait for each other and nobody has to look through the recordings.
create table tasker.recording_size (
  slot smallint primary key,
  bytes bigint not null
) with (fillfactor = 50);

-- All tasks, for readers. `partition` and `place` find a row of the log again.
create view tasker.every_task as
select * from tasker.task union all select * from tasker.task_history;
create view tasker.every_step as
select * from tasker.step union all select * from tasker.step_history;
create view tasker.every_transition as
select tableoid as partition, ctid as place, * from tasker.transition
union all
select tableoid, ctid, * from tasker.transition_history;

-- The partitions of these tables, which are made, closed and dropped together: task_20261128 and so on, by the day
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
  -- No row of its log has a higher seq; null until it is closed.
  last_seq bigint,
  -- Its tasks up to this one are archived, ...
  archived_through uuid,
  -- ... and all of them since then. Both begin anew when tasks are returned to it.
  archived_at timestamptz,
  -- How often tasks were returned to it.
  returns int not null default 0,
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
