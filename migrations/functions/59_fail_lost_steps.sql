-- Fails, for good, running steps that were lost with their worker more than 100 times: their handler ends the
-- hosts. Returns how many there were; any host may call it at any time, one does the work.
--
-- Reads every step of the tasks in progress, so call it at most every half minute. Locks: as tasker.fail_steps, in
-- one call for all workers.
create or replace function tasker.fail_lost_steps() returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_max_lost constant int := 100;
  v_lost record;
begin
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.fail_lost_steps')) then
    return 0;
  end if;
  select array_agg(s.task_id) as task_id, array_agg(s.step_no) as step_no,
         array_agg(s.attempt) as attempt, array_agg(true) as is_permanent,
         array_agg('{"kind": "host", "code": "lost_too_often", "message": "the host ended too often while it ran this step"}'::text) as error,
         array_agg(null::bigint) as retry_after_ms
  into v_lost
  from tasker.task t
  join tasker.step s on s.task_id = t.task_id
  where t.finished_at is null and t.state = 'in_progress' and s.state = 'running' and s.worker_losses > v_max_lost;

  if v_lost.task_id is null then
    return 0;
  end if;
  perform tasker.fail_steps(null, v_lost.task_id, v_lost.step_no, v_lost.attempt, v_lost.error,
                            v_lost.is_permanent, v_lost.retry_after_ms);
  return cardinality(v_lost.task_id);
end
$$;
