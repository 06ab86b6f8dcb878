-- Adds the rows of the log behind p_after up to p_until to tasker.log_count, and what guards did to rollouts in that part of the
-- audit. p_until is as for tasker.log_window. Of tasks that end it counts their durations by bucket too, from the time in
-- their id.
--
-- Reads by the index of seq, as tasker.log_window does, but keeps no row.
--
-- Locks: rows of tasker.log_count; the caller holds tasker.observation. Not idempotent: the caller passes each window once.
create or replace function tasker.count_transitions(p_after bigint, p_until bigint) returns void
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
-- Only bitmaps of the index are left.
set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off
set max_parallel_workers_per_gather = 0
as $$
declare
  -- The buckets of tasker_task_duration_seconds.
  v_bounds constant float8[] := '{0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800, 3600, 21600, 86400}';
begin
  insert into tasker.log_count as c (kind, state, bucket, rows, seconds)
  select case when l.step_no is null then 'task' else 'step' end, l.to_state,
         coalesce(width_bucket(l.seconds, v_bounds), 0), count(*), coalesce(sum(l.seconds), 0)
  from (
    select w.step_no, w.to_state,
           case when w.step_no is null and w.to_state in ('complete', 'error', 'cancelled')
                then greatest(0, extract(epoch from w.at)::float8
                  - ('x' || substr(replace(w.task_id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0)
           end as seconds
    from (
      select w.task_id, w.step_no, w.to_state, w.at
      from tasker.transition w where w.seq > p_after and w.seq <= p_until and w.to_state is not null
      union all
      select h.task_id, h.step_no, h.to_state, h.at
      from tasker.transition_history h
      where h.seq > p_after and h.seq <= p_until and h.to_state is not null
        and (select bool_or(p.last_seq > p_after) from tasker.partition p where p.closed_at is not null)
    ) w
  ) l
  group by 1, 2, 3
  union all
  select 'guard', a.action, 0, count(*), 0
  from tasker.audit a
  where a.audit_id > p_after and a.audit_id <= p_until and a.actor = 'host' and a.action in ('pin.pause', 'pin.rollback')
  group by a.action
  on conflict (kind, state, bucket)
  do update set rows = c.rows + excluded.rows, seconds = c.seconds + excluded.seconds;
end
$$;
