-- How many steps of a namespace run at the same time, on all hosts together.
alter table tasker.queue_rule
  -- Null without a limit.
  add column max_running int,
  add constraint queue_rule_max_running_is_bounded check (max_running between 1 and 1000);

-- Which steps of namespaces with a limit run. A slot is free when its step does not run this attempt any more; whatever
-- ends an attempt leaves the row. Claims write it while they have the row of the namespace in tasker.queue_rule
-- locked; the report of a step hands its slot on to the step that it releases and claims.
create table tasker.queue_slot (
  namespace_id int not null,
  slot_no int not null,
  task_id uuid not null,
  step_no smallint not null,
  attempt int not null,
  primary key (namespace_id, slot_no)
) with (fillfactor = 50);

-- Turns say which namespaces have a limit, and claims whether any of them has.
drop function if exists tasker.queue_turns(timestamptz, int, int, int[], timestamptz[]);
drop function if exists tasker.claim_ready(int, int, bigint, int, int[], timestamptz[]);
