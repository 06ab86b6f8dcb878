-- Keeps what handlers want to go on from, and makes their steps ready to be called again. Such an
-- attempt does not count against max_attempts.
--
-- Takes parallel arrays, one element a lease. An element whose lease is void changes nothing.
-- Locks: the steps of the batch by (task_id, step_no).
create or replace function tasker.checkpoint_steps(
  p_worker_id int, p_task_id uuid[], p_step_no smallint[], p_attempt smallint[], p_checkpoint text[]
) returns void
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now constant timestamptz := tasker.clock();
begin
  with batch as materialized (
    select * from unnest(p_task_id, p_step_no, p_attempt, p_checkpoint)
      as u (task_id, step_no, attempt, checkpoint)
    order by u.task_id, u.step_no
  ), kept as (
    update tasker.step s
    set state = 'ready', ready_at = v_now, checkpoint = b.checkpoint::json, uncounted = s.uncounted + 1
    from batch b
    where s.task_id = b.task_id and s.step_no = b.step_no
      and s.state = 'running' and s.worker_id = p_worker_id and s.attempt = b.attempt
    returning s.task_id, s.step_no, s.attempt
  )
  insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state, detail)
  select v_now, k.task_id, k.step_no, k.attempt, p_worker_id, 'ready', '{"reason": "checkpoint"}'
  from kept k;
end
$$;
