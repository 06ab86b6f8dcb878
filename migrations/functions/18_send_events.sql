-- Writes the events of attempts into the log, in the transaction that records their results or checkpoints and
-- before these, so that an event is recorded exactly if the end of its attempt is.
--
-- Takes parallel arrays, one element per lease; the events of an attempt are in the order in which it sent them.
-- Events of a stale lease are left out. Not idempotent: the caller ends the leases next.
--
-- Locks: the steps of the batch by (task_id, step_no).
create or replace function tasker.send_events(
  p_worker_id int, p_task_id uuid[], p_step_no smallint[], p_attempt int[], p_events tasker.event[]
) returns void
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now timestamptz;
begin
  perform from tasker.step s
  join unnest(p_task_id, p_step_no) as u (task_id, step_no)
    on s.task_id = u.task_id and s.step_no = u.step_no
  order by s.task_id, s.step_no
  for update of s;
  v_now := tasker.clock();

  insert into tasker.transition (at, task_id, step_no, attempt, worker_id, event, detail)
  select v_now, s.task_id, s.step_no, s.attempt, p_worker_id, e.name, e.payload::json
  from unnest(p_events) with ordinality as e (attempt_ord, name, payload, ord)
  join tasker.step s
    on s.task_id = p_task_id[e.attempt_ord] and s.step_no = p_step_no[e.attempt_ord]
   and s.attempt = p_attempt[e.attempt_ord] and s.state = 'running' and s.worker_id = p_worker_id
  order by e.ord;
end
$$;
