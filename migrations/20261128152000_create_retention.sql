-- How long finished tasks are kept, by namespace and final state; a state without a row is kept for ever.

create table tasker.retention (
  namespace_id int not null references tasker.namespace,
  -- `complete` is also for tasks that were resolved manually.
  state tasker.task_state not null,
  -- From the end of a task on.
  keep_ms bigint not null,
  set_at timestamptz not null default now(),
  set_by text not null,
  -- The walk over the tasks of the namespace goes on at this time, ...
  walk_at timestamptz not null,
  -- ... behind this task of this template; null: behind all tasks of the template.
  template_id int not null default 0,
  task_id uuid,
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
  constraint retention_pace_is_one_row check (singleton)
);
insert into tasker.retention_pace default values;

-- The templates of a namespace in the order of their numbers.
create index template_by_namespace on tasker.template (namespace_id, template_id);
