-- The running steps that workers hold: what their heartbeats named and, with p_with_log, what the log says that they
-- claimed since. Each lease is verified against its step. Costs what they held and claimed, not what is open: an index
-- of the leases of a worker would cost every step more than this costs the few calls.
--
-- Complete with p_with_log, except for claims that are not committed: whatever is not among worker.leases was claimed
-- by a call that had not been answered at leases_at, so that its row in the log is at most tasker.call_max() older.
-- Reads only.
create or replace function tasker.held_steps(p_worker_id int[], p_with_log bool)
returns table (
  task_id uuid, step_no smallint, attempt int, started_at timestamptz, deadline_at timestamptz,
  worker_losses int
)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set max_parallel_workers_per_gather = 0
as $$
declare
  v_from constant timestamptz := (
    select min(w.leases_at) - tasker.call_max() from tasker.worker w where w.worker_id = any (p_worker_id));
begin
  return query
    with lease as materialized (
      select l.task_id, l.step_no, l.attempt
      from tasker.worker w
      cross join unnest(w.leases) l
      where w.worker_id = any (p_worker_id)
      union
      select r.task_id, r.step_no, r.attempt
      from tasker.transition r
      where p_with_log and r.at >= v_from and r.worker_id = any (p_worker_id) and r.to_state = 'running'
    )
    -- `offset` keeps the planner from beginning with the steps: it cannot know how few the leases are.
    select h.*
    from lease l
    cross join lateral (
      select s.task_id, s.step_no, s.attempt, s.started_at, s.deadline_at, s.worker_losses
      from tasker.step s
      where s.task_id = l.task_id and s.step_no = l.step_no and s.attempt = l.attempt
        and s.state = 'running' and s.worker_id = any (p_worker_id)
      offset 0) h;
end
$$;
