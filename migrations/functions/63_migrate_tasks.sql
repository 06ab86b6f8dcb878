-- Moves open tasks to other locks of their template version. Running attempts end on their version (see
-- tasker.superseded_attempt); later ones run what the new lock names. Suspended steps are ready again if their new
-- code is not quarantined.
--
-- Takes parallel arrays, one element per task: the lock from which the move was planned, the new lock, and the detail
-- for the log (JSON); at most 1,000. A task that has ended, or has another lock than the planned one, is not changed.
-- Returns the tasks that moved. A lock that names a collected version is refused (TA001).
--
-- Locks: the collection of versions, shared; all unfinished steps of the tasks by (task_id, step_no), then the tasks
-- by id. Idempotent.
create or replace function tasker.migrate_tasks(
  p_task_id uuid[], p_from_lock int[], p_to_lock int[], p_detail text[]
) returns table (task_id uuid)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now timestamptz;
  v_moved uuid[];
  v_is_left_ready boolean;
begin
  perform pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtext('tasker.create_tasks'));
  if exists (select from tasker.lock l where l.lock_id = any (p_to_lock) and l.is_stale) then
    raise exception 'the lock names a version that was collected since it was resolved'
      using errcode = 'TA001', hint = 'Resolve again.';
  end if;

  perform from tasker.step s
  where s.task_id = any (p_task_id) and s.finished_at is null
  order by s.task_id, s.step_no for update;
  perform from tasker.task t
  where t.task_id = any (p_task_id) and t.finished_at is null
  order by t.task_id for update;
  v_now := tasker.clock();

  with target as materialized (
    select t.task_id, u.from_lock, u.to_lock, u.detail
    from unnest(p_task_id, p_from_lock, p_to_lock, p_detail) as u (task_id, from_lock, to_lock, detail)
    join tasker.task t on t.task_id = u.task_id
    join tasker.lock l on l.lock_id = u.to_lock and l.template_version_id = t.template_version_id
    where t.finished_at is null and t.lock_id = u.from_lock and u.to_lock <> u.from_lock
    order by t.task_id for update of t
  ), moved as (
    update tasker.task t set lock_id = g.to_lock
    from target g where t.task_id = g.task_id
    returning t.task_id, t.state, g.from_lock, g.detail
  ), superseded as (
    insert into tasker.superseded_attempt as a (task_id, step_no, attempt, component_version_id)
    select m.task_id, s.step_no, s.attempt, e.component_version_id
    from moved m
    join tasker.step s on s.task_id = m.task_id and s.state = 'running'
    join tasker.lock_entry e on e.lock_id = m.from_lock and e.step_no = s.step_no
    -- An attempt that outlives two moves still runs what it began with.
    on conflict on constraint superseded_attempt_pkey do update
      set attempt = excluded.attempt, component_version_id = excluded.component_version_id
      where a.attempt <> excluded.attempt
  ), log as (
    insert into tasker.transition (at, task_id, to_state, detail)
    select v_now, m.task_id, m.state::text, m.detail::json from moved m
  )
  select array_agg(m.task_id) from moved m into v_moved;

  with freed as (
    update tasker.step s set ready_at = v_now
    from tasker.task t, tasker.lock_entry e, tasker.component_version v
    where s.task_id = any (v_moved) and s.state = 'ready' and s.ready_at is null
      and t.task_id = s.task_id
      and e.lock_id = t.lock_id and e.step_no = s.step_no
      and v.component_version_id = e.component_version_id
      and not exists (select from tasker.quarantine q where q.digest = v.digest)
    returning s.task_id, s.step_no, s.attempt, s.namespace_id, s.lane
  ), queued as (
    insert into tasker.queue (namespace_id, lane, ready_at, task_id, step_no)
    select f.namespace_id, f.lane, v_now, f.task_id, f.step_no from freed f
  ), taken as (
    delete from tasker.suspended_step x
    using freed f
    where x.task_id = f.task_id and x.step_no = f.step_no
  ), log as (
    insert into tasker.transition (at, task_id, step_no, attempt, to_state, detail)
    select v_now, f.task_id, f.step_no, f.attempt, 'ready', '{"reason": "migrated"}'
    from freed f
  )
  select exists (select from freed) into v_is_left_ready;

  if v_is_left_ready then
    perform pg_catalog.pg_notify('tasker_ready', '');
  end if;
  return query select m.task_id from unnest(v_moved) as m (task_id);
end
$$;
