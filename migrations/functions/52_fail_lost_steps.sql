-- Fails for good those of the given leases that are final: they were lost with their worker too often, so that their
-- handler is what ends the hosts. Returns how many there were. If the rows of one make that impossible, it fails none
-- and raises a warning: then they are released like the others.
--
-- Takes parallel arrays, one element per lease. A stale lease changes nothing. Locks: all given steps and, for tasks in
-- which one fails, all their unfinished steps, by (task_id, step_no); then tasks by id. So the caller can go on to
-- release the others.
create or replace function tasker.fail_lost_steps(
  p_task_id uuid[], p_step_no smallint[], p_attempt int[], p_is_final bool[]
) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_lost record;
begin
  perform tasker.lock_failing_steps(p_task_id, p_step_no, p_is_final);
  select array_agg(s.task_id) as task_id, array_agg(s.step_no) as step_no, array_agg(s.attempt) as attempt,
         array_agg('{"kind": "host", "code": "lost_too_often", "message": "the host ended too often while it ran this step"}'::text) as error,
         array_agg(true) as is_permanent, array_agg(null::bigint) as retry_after_ms
  into v_lost
  from unnest(p_task_id, p_step_no, p_attempt, p_is_final) as u (task_id, step_no, attempt, is_final)
  join tasker.step s on s.task_id = u.task_id and s.step_no = u.step_no and s.attempt = u.attempt
  where u.is_final and s.state = 'running';
  if v_lost.task_id is null then
    return 0;
  end if;
  perform tasker.fail_steps(null, v_lost.task_id, v_lost.step_no, v_lost.attempt, v_lost.error,
                            v_lost.is_permanent, v_lost.retry_after_ms);
  return cardinality(v_lost.task_id);
exception
  when data_exception or integrity_constraint_violation or program_limit_exceeded or internal_error then
    raise warning 'steps that were lost too often cannot be failed: %', sqlerrm;
    return 0;
end
$$;
