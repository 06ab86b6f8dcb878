-- Gives back steps whose code is quarantined and suspends them: ready, but not in the queue (tasker.suspended_step), so that
-- no claim reads them or is slowed by them. The attempts do not count against max_attempts. A step whose code is not quarantined
-- (any more) is ready at once.
--
-- Takes parallel arrays, one element per lease. An element whose lease is stale changes nothing: repeating a call is
-- harmless. Returns how many steps it suspended.
--
-- Locks: the quarantines of the suspended code, in share mode, so that a release waits and misses no step; then the
-- steps of the batch by (task_id, step_no). The code of a step is read after that, because its task may just have
-- moved to another lock.
create or replace function tasker.suspend_steps(
  p_worker_id int, p_task_id uuid[], p_step_no smallint[], p_attempt int[]
) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_now timestamptz;
  v_quarantined bytea[];
  v_suspended int;
  v_is_left_ready bool;
begin
  v_quarantined := array(
    select q.digest
    from tasker.quarantine q
    where q.digest in (
      select cv.digest
      from unnest(p_task_id, p_step_no) as u (task_id, step_no)
      join tasker.task t on t.task_id = u.task_id
      join tasker.lock_entry e on e.lock_id = t.lock_id and e.step_no = u.step_no
      join tasker.component_version cv on cv.component_version_id = e.component_version_id)
    order by q.digest
    for share of q);

  perform from tasker.step s
  join unnest(p_task_id, p_step_no) as u (task_id, step_no)
    on s.task_id = u.task_id and s.step_no = u.step_no
  order by s.task_id, s.step_no
  for update of s;
  v_now := tasker.clock();

  with batch as materialized (
    select u.task_id, u.step_no, u.attempt, coalesce(cv.digest = any (v_quarantined), false) as is_quarantined
    from unnest(p_task_id, p_step_no, p_attempt) as u (task_id, step_no, attempt)
    join tasker.task t on t.task_id = u.task_id
    left join tasker.lock_entry e on e.lock_id = t.lock_id and e.step_no = u.step_no
    left join tasker.component_version cv on cv.component_version_id = e.component_version_id
  ), given_back as (
    update tasker.step s
    set state = 'ready', ready_at = case when not b.is_quarantined then v_now end,
        worker_id = null, deadline_at = null, free_attempts = s.free_attempts + 1,
        lane = case when b.is_quarantined then s.lane - s.lane % tasker.lane_width() else s.lane end
    from batch b
    where s.task_id = b.task_id and s.step_no = b.step_no
      and s.state = 'running' and s.worker_id = p_worker_id and s.attempt = b.attempt
    returning s.task_id, s.step_no, s.attempt, s.namespace_id, s.lane, s.ready_at, b.is_quarantined
  ), queued as (
    insert into tasker.queue (namespace_id, lane, ready_at, task_id, step_no)
    select g.namespace_id, g.lane, g.ready_at, g.task_id, g.step_no from given_back g where not g.is_quarantined
  ), suspended as (
    insert into tasker.suspended_step (task_id, step_no)
    select g.task_id, g.step_no from given_back g where g.is_quarantined
  ), log as (
    insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state, detail)
    select v_now, g.task_id, g.step_no, g.attempt, p_worker_id, 'ready',
           case when g.is_quarantined then '{"reason": "quarantined"}'::json
                else '{"reason": "not quarantined any more"}'::json end
    from given_back g
  )
  select count(*) filter (where g.is_quarantined), coalesce(bool_or(not g.is_quarantined), false)
  from given_back g into v_suspended, v_is_left_ready;

  if v_is_left_ready then
    perform pg_catalog.pg_notify('tasker_ready', '');
  end if;
  return v_suspended;
end
$$;
