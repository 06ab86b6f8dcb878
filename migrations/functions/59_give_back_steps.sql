-- Gives back steps that this worker cannot run, although another may: each is ready again after p_delay_ms and has
-- the reason in its error (p_error, JSON text {kind, code, message}). The attempts do not count against
-- max_attempts.
--
-- Takes parallel arrays, one element per lease. An element whose lease is stale changes nothing: repeating a call is
-- harmless. Locks: the steps of the batch by (task_id, step_no).
create or replace function tasker.give_back_steps(
  p_worker_id int, p_task_id uuid[], p_step_no smallint[], p_attempt int[], p_delay_ms bigint[],
  p_error text[]
) returns void
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now constant timestamptz := tasker.clock();
begin
  with batch as materialized (
    select * from unnest(p_task_id, p_step_no, p_attempt, p_delay_ms, p_error)
      as u (task_id, step_no, attempt, delay_ms, error)
    order by u.task_id, u.step_no
  ), given_back as (
    update tasker.step s
    set state = 'ready', ready_at = v_now + b.delay_ms * interval '1 ms', worker_id = null,
        deadline_at = null, free_attempts = s.free_attempts + 1, error = b.error::json,
        lane = s.lane - s.lane % tasker.lane_width()
    from batch b
    where s.task_id = b.task_id and s.step_no = b.step_no
      and s.state = 'running' and s.worker_id = p_worker_id and s.attempt = b.attempt
    returning s.task_id, s.step_no, s.attempt, s.namespace_id, s.lane, s.ready_at, s.error
  ), queued as (
    insert into tasker.queue (namespace_id, lane, ready_at, task_id, step_no)
    select g.namespace_id, g.lane, g.ready_at, g.task_id, g.step_no from given_back g
  )
  insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state, detail)
  select v_now, g.task_id, g.step_no, g.attempt, p_worker_id, 'ready', g.error
  from given_back g;
end
$$;
