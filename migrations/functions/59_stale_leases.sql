-- Returns the positions (from 1) of the stale ones among the given leases of a worker, whose attempts it can end.
-- Reads only.
create or replace function tasker.stale_leases(
  p_worker_id int, p_task_id uuid[], p_step_no smallint[], p_attempt int[]
) returns table (ord bigint)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
    select u.ord
    from unnest(p_task_id, p_step_no, p_attempt) with ordinality as u (task_id, step_no, attempt, ord)
    left join tasker.step s
      on s.task_id = u.task_id and s.step_no = u.step_no and s.attempt = u.attempt
     and s.state = 'running' and s.worker_id = p_worker_id
    where s.task_id is null;
end
$$;
