-- Makes suspended steps that run the code of this digest ready to be claimed, after its quarantine was lifted.
-- Returns how many there were.
--
-- Looks at all suspended steps. Call it in the transaction that deletes the quarantine,
-- after the deletion: the deletion waits for steps that are being suspended. Locks: the suspended steps by
-- (task_id, step_no). Idempotent.
create or replace function tasker.resume_steps(p_digest bytea) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_fixed constant timestamptz := tasker.fixed_clock();
  v_suspended tasker.step_key[];
  v_freed int;
begin
  with suspended as materialized (
    select s.task_id, s.step_no
    from tasker.suspended_step x
    join tasker.step s on s.task_id = x.task_id and s.step_no = x.step_no
    join tasker.task t on t.task_id = s.task_id
    join tasker.lock_entry e on e.lock_id = t.lock_id and e.step_no = s.step_no
    join tasker.component_version cv on cv.component_version_id = e.component_version_id
    where s.state = 'ready' and s.ready_at is null and cv.digest = p_digest
    order by s.task_id, s.step_no
    for update of s
  )
  select array_agg((p.task_id, p.step_no)::tasker.step_key) into v_suspended from suspended p;

  -- A statement of its own: it sees a step that was suspended again before its lock was had.
  with freed as (
    update tasker.step s
    set ready_at = coalesce(v_fixed, pg_catalog.clock_timestamp())
    from unnest(v_suspended) p
    where s.task_id = p.task_id and s.step_no = p.step_no and s.state = 'ready' and s.ready_at is null
    returning s.task_id, s.step_no, s.attempt, s.namespace_id, s.lane, s.ready_at
  ), queued as (
    insert into tasker.queue (namespace_id, lane, ready_at, task_id, step_no)
    select f.namespace_id, f.lane, f.ready_at, f.task_id, f.step_no from freed f
  ), taken as (
    delete from tasker.suspended_step x
    using freed f
    where x.task_id = f.task_id and x.step_no = f.step_no
  ), log as (
    insert into tasker.transition (at, task_id, step_no, attempt, to_state, detail)
    select f.ready_at, f.task_id, f.step_no, f.attempt, 'ready', '{"reason": "released from quarantine"}'
    from freed f
  )
  select count(*) from freed into v_freed;

  if v_freed > 0 then
    perform pg_catalog.pg_notify('tasker_ready', '');
  end if;
  return v_freed;
end
$$;
