-- Gives back the steps of workers, except the named leases: at shutdown (none is named), and after a lost
-- connection. Then a claim may have been committed of which the worker got no answer: of another step, or of the
-- next attempt of a step whose last one it still has to report. These attempts do not count against max_attempts;
-- with p_is_lost they count as lost with their worker. Returns how many steps it released.
--
-- Reads every step of the tasks in progress: an index of the leases of a worker would cost every step more than
-- this costs the few calls. Locks: the released steps by (task_id, step_no). Idempotent.
create or replace function tasker.release_steps(
  p_worker_id int[], p_keep_task_id uuid[], p_keep_step_no smallint[], p_keep_attempt smallint[],
  p_reason text, p_is_lost bool
) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_fixed constant timestamptz := tasker.fixed_clock();
  v_released int;
begin
  with held as materialized (
    select s.task_id, s.step_no, s.worker_id
    from tasker.task t
    join tasker.step s on s.task_id = t.task_id
    where t.finished_at is null and t.state = 'in_progress'
      and s.state = 'running' and s.worker_id = any (p_worker_id)
      and not exists (select from unnest(p_keep_task_id, p_keep_step_no, p_keep_attempt) as k (task_id, step_no, attempt)
                      where k.task_id = s.task_id and k.step_no = s.step_no and k.attempt = s.attempt)
    order by s.task_id, s.step_no
    for update of s
  ), released as (
    update tasker.step s
    set state = 'ready', ready_at = coalesce(v_fixed, pg_catalog.clock_timestamp()), worker_id = null, deadline_at = null,
        free_attempts = s.free_attempts + 1, worker_losses = s.worker_losses + p_is_lost::int
    from held h
    where s.task_id = h.task_id and s.step_no = h.step_no
    returning s.task_id, s.step_no, s.attempt, s.namespace_id, s.ready_at, h.worker_id
  ), queued as (
    insert into tasker.queue (namespace_id, ready_at, task_id, step_no)
    select r.namespace_id, r.ready_at, r.task_id, r.step_no from released r
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
  return v_released;
end
$$;
