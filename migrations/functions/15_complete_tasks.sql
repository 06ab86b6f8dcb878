-- Subtracts completed sinks from the counters of their tasks (one element per sink) and completes tasks without
-- remaining sinks: when every sink is complete, so is every step before it. A task ends now, and not before
-- p_now, the end of its last step. Returns those that ended and are watched, null if none.
--
-- Locks: tasks by id; the caller has locked the rows of the sinks and locks no step afterwards. Not idempotent:
-- the caller passes each completed sink once.
create or replace function tasker.complete_tasks(p_task_id uuid[], p_now timestamptz) returns uuid[]
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_fixed constant timestamptz := tasker.fixed_clock();
  v_watched uuid[];
begin
  with sink as materialized (
    select u.task_id, count(*)::int as sinks
    from unnest(p_task_id) as u (task_id)
    group by u.task_id order by u.task_id
  ), counted as (
    update tasker.task t
    set remaining_sinks = t.remaining_sinks - k.sinks,
        state = case when t.remaining_sinks = k.sinks then 'complete'::tasker.task_state else t.state end,
        finished_at = case when t.remaining_sinks = k.sinks then
          greatest(p_now, coalesce(v_fixed, pg_catalog.clock_timestamp())) end
    from sink k
    -- By state and not by finished_at, which an index of open tasks has: if statistics know of
    -- no open task, all of them would be read for each sink.
    where t.task_id = k.task_id and t.state in ('pending', 'in_progress')
    returning t.task_id, t.finished_at, t.is_watched
  ), log as (
    insert into tasker.transition (at, task_id, to_state)
    select c.finished_at, c.task_id, 'complete' from counted c where c.finished_at is not null
  )
  select array_agg(c.task_id) from counted c where c.finished_at is not null and c.is_watched
  into v_watched;
  return v_watched;
end
$$;
