-- Gives back the steps of workers, except the named leases: at shutdown (none is named), and after a lost
-- connection. Then a claim may have been committed of which the worker got no answer: of another step, or of the
-- next attempt of a step whose last one it still has to report. These attempts do not count against max_attempts;
-- with p_is_lost they count as lost with their worker, and a step that was lost too often fails for good. Returns how
-- many steps it took from the workers.
--
-- Reads what tasker.held_steps does. Locks: the released steps by (task_id, step_no); if one fails, as
-- tasker.fail_lost_steps. Idempotent.
create or replace function tasker.release_steps(
  p_worker_id int[], p_keep_task_id uuid[], p_keep_step_no smallint[], p_keep_attempt int[],
  p_reason text, p_is_lost bool
) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  -- A handler is what ends the hosts, if its step is lost more often.
  v_losses_max constant int := 100;
  v_fixed constant timestamptz := tasker.fixed_clock();
  v_held record;
  v_failed int := 0;
  v_released int;
begin
  select array_agg(h.task_id) as task_id, array_agg(h.step_no) as step_no, array_agg(h.attempt) as attempt,
         array_agg(p_is_lost and h.worker_losses >= v_losses_max) as is_final
  into v_held
  from tasker.held_steps(p_worker_id, true) h
  where not exists (select from unnest(p_keep_task_id, p_keep_step_no, p_keep_attempt) as k (task_id, step_no, attempt)
                    where k.task_id = h.task_id and k.step_no = h.step_no and k.attempt = h.attempt);
  if v_held.task_id is null then
    return 0;
  end if;
  if true = any (v_held.is_final) then
    v_failed := tasker.fail_lost_steps(v_held.task_id, v_held.step_no, v_held.attempt, v_held.is_final);
  end if;

  with lease as materialized (
    select * from unnest(v_held.task_id, v_held.step_no, v_held.attempt) as u (task_id, step_no, attempt)
  ), held as materialized (
    select s.task_id, s.step_no, s.worker_id
    from lease l
    join tasker.step s on s.task_id = l.task_id and s.step_no = l.step_no and s.attempt = l.attempt
    where s.state = 'running' and s.worker_id = any (p_worker_id)
    order by s.task_id, s.step_no
    for update of s
  ), released as (
    update tasker.step s
    set state = 'ready', ready_at = coalesce(v_fixed, pg_catalog.clock_timestamp()), worker_id = null, deadline_at = null,
        free_attempts = s.free_attempts + 1, worker_losses = s.worker_losses + p_is_lost::int
    from held h
    where s.task_id = h.task_id and s.step_no = h.step_no
    returning s.task_id, s.step_no, s.attempt, s.namespace_id, s.lane, s.ready_at, h.worker_id
  ), queued as (
    insert into tasker.queue (namespace_id, lane, ready_at, task_id, step_no)
    select r.namespace_id, r.lane, r.ready_at, r.task_id, r.step_no from released r
  ), log as (
    insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state, detail)
    select r.ready_at, r.task_id, r.step_no, r.attempt, r.worker_id, 'ready',
           json_build_object('reason', p_reason)
    from released r
  )
  select count(*) into v_released from released;
  if v_released > 0 then
    perform pg_catalog.pg_notify('tasker_ready', '');
  end if;
  return v_released + v_failed;
end
$$;
