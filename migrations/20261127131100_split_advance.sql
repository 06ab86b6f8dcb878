-- Reports and claims are two calls from now on: functions that return something else than before.
drop function if exists tasker.advance(
  int, uuid[], smallint[], smallint[], text[], int, tasker.usage[], tasker.event[]);
drop function if exists tasker.complete_steps(
  int, uuid[], smallint[], smallint[], text[], int, tasker.usage[], tasker.event[]);
drop function if exists tasker.claim_ready(int, int);
drop function if exists tasker.invocations(tasker.step_key[]);

-- A claimed step, with what its row says of the attempt.
create type tasker.claimed_step as (task_id uuid, step_no smallint, attempt smallint, checkpoint text);
