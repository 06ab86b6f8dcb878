-- Gives back attempts that came to nothing through no fault of their handlers (p_reason says why): their
-- steps are ready again after p_delay, and the attempts do not count against max_attempts.
--
-- Takes parallel arrays, one element a lease. An element whose lease is void changes nothing: repeating a
-- call is harmless. Returns how many steps it gave back. Locks: the steps of the batch by (task_id, step_no).
create or replace function tasker.give_back_steps(
  p_worker_id int, p_task_id uuid[], p_step_no smallint[], p_attempt smallint[], p_reason text[], p_delay interval
) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_fixed constant timestamptz := tasker.fixed_clock();
  v_given_back int;
begin
  with held as materialized (
    select s.task_id, s.step_no, u.reason
    from unnest(p_task_id, p_step_no, p_attempt, p_reason) as u (task_id, step_no, attempt, reason)
    join tasker.step s on s.task_id = u.task_id and s.step_no = u.step_no
    where s.state = 'running' and s.worker_id = p_worker_id and s.attempt = u.attempt
    order by s.task_id, s.step_no
    for update of s
  ), given_back as (
    update tasker.step s
    set state = 'ready', ready_at = coalesce(v_fixed, pg_catalog.clock_timestamp()) + p_delay,
        worker_id = null, deadline_at = null, uncounted = s.uncounted + 1
    from held h
    where s.task_id = h.task_id and s.step_no = h.step_no
    returning s.task_id, s.step_no, s.attempt, s.ready_at, h.reason
  ), log as (
    insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state, detail)
    select g.ready_at - p_delay, g.task_id, g.step_no, g.attempt, p_worker_id, 'ready',
           json_build_object('reason', g.reason)
    from given_back g
  )
  select count(*) into v_given_back from given_back;
  if v_given_back > 0 then
    perform pg_catalog.pg_notify('tasker_ready', '');
  end if;
  return v_given_back;
end
$$;
