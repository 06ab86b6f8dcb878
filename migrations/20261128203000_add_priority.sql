-- In the queue each priority of a namespace is a lane of its own.
alter table tasker.queue
  add column priority smallint not null default 4,
  add constraint queue_priority_is_a_digit check (priority between 0 and 9),
  drop constraint queue_pkey,
  add primary key (namespace_id, priority, ready_at, task_id, step_no);

-- Functions that take or return priorities from now on.
drop function if exists tasker.create_tasks(uuid[], int[], int[], int[], int[], text[], text[], text[], bool[]);
drop function if exists tasker.queue_next(timestamptz, int[]);
drop function if exists tasker.queue_turns(timestamptz, int, int, int[], timestamptz[]);
drop function if exists tasker.queue_look(timestamptz, int[]);
drop function if exists tasker.claim_ready(int, int, bigint, int, int[], timestamptz[]);
drop function if exists tasker.claim_each(int, int, bigint, int[], timestamptz[], int[]);
drop function if exists tasker.limited_turns(int[], timestamptz[], int[], bool[]);
