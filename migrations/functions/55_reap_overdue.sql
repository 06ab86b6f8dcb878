-- Ends attempts that nobody else will: those whose deadline passed more than p_grace ago (their host
-- should have ended them), and steps that were lost more than 100 times, whose handler is what ends
-- the hosts. Both are failures, the second for good. Returns how many there were.
--
-- Looks at every step of the tasks in progress, so call it at most every half minute. Locks: per
-- worker, as tasker.fail_steps.
create or replace function tasker.reap_overdue(p_grace interval) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_max_lost constant int := 100;
  v_reaped int := 0;
  v_row record;
begin
  for v_row in
    select s.worker_id, array_agg(s.task_id) as task_id, array_agg(s.step_no) as step_no,
           array_agg(s.attempt) as attempt, array_agg(s.lost > v_max_lost) as is_permanent,
           array_agg(case when s.lost > v_max_lost
             then '{"kind": "host", "code": "lost_too_often", "message": "the host ended too often while it ran this step"}'
             else '{"kind": "timed_out", "code": "deadline_exceeded", "message": "the attempt ran past its deadline and its host did not end it"}'
           end) as error
    from tasker.task t
    join tasker.step s on s.task_id = t.task_id
    where t.finished_at is null and t.state = 'in_progress' and s.state = 'running'
      and (s.deadline_at < tasker.clock() - p_grace or s.lost > v_max_lost)
    group by s.worker_id order by s.worker_id
  loop
    perform tasker.fail_steps(v_row.worker_id, v_row.task_id, v_row.step_no, v_row.attempt, v_row.error,
                              v_row.is_permanent, array_fill(null::bigint, array[cardinality(v_row.task_id)]));
    v_reaped := v_reaped + cardinality(v_row.task_id);
  end loop;
  return v_reaped;
end
$$;
