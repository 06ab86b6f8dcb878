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
