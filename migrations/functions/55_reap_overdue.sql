-- Ends attempts that nobody else will: those whose deadline passed more than p_grace ago (their host
-- should have ended them), and steps that were lost more than 100 times, whose handler is what ends
-- the hosts. Both are failures, the second for good. Returns how many there were.
--
-- Looks at every step of the tasks in progress, so call it at most every half minute. Locks: as
-- tasker.fail_steps, in one call for all workers.
create or replace function tasker.reap_overdue(p_grace interval) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_max_lost constant int := 100;
  v_now constant timestamptz := tasker.clock();
  v_overdue record;
begin
  select array_agg(s.task_id) as task_id, array_agg(s.step_no) as step_no,
         array_agg(s.attempt) as attempt, array_agg(s.lost > v_max_lost) as is_permanent,
         array_agg(case when s.lost > v_max_lost
           then '{"kind": "host", "code": "lost_too_often", "message": "the host ended too often while it ran this step"}'
           else '{"kind": "timed_out", "code": "deadline_exceeded", "message": "the attempt ran past its deadline and its host did not end it"}'
         end) as error,
         array_agg(null::bigint) as retry_after_ms
  into v_overdue
  from tasker.task t
  join tasker.step s on s.task_id = t.task_id
  where t.finished_at is null and t.state = 'in_progress' and s.state = 'running'
    and (s.deadline_at < v_now - p_grace or s.lost > v_max_lost);

  if v_overdue.task_id is null then
    return 0;
  end if;
  perform tasker.fail_steps(null, v_overdue.task_id, v_overdue.step_no, v_overdue.attempt, v_overdue.error,
                            v_overdue.is_permanent, v_overdue.retry_after_ms);
  return cardinality(v_overdue.task_id);
end
$$;
