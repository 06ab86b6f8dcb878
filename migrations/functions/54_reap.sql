-- Takes back the steps of dead workers: those without a heartbeat for p_dead_after, from the point of view of the
-- calling worker. Returns how many steps they were; any host may call it at any time, one does the work.
--
-- The calling worker must have sent heartbeats itself during all of that time, without interruption and until
-- now. So an outage that affected all hosts makes none of them dead: after a stop of the database, a failover to a
-- standby or a step of its clock, the first host waits as long as the others have to come back. A stopped worker
-- is checked once more, p_dead_after later or at any time after that, because one of its claims may have been under
-- way; no call may take as long.
--
-- Locks: the rows of the workers by id, then as tasker.release_steps.
create or replace function tasker.reap(p_worker_id int, p_dead_after interval) returns int
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz;
  v_dead int[];
begin
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.reap')) then
    return 0;
  end if;
  v_now := tasker.clock();
  if not exists (
    select from tasker.worker r
    where r.worker_id = p_worker_id and r.stopped_at is null
      and r.alive_since <= v_now - p_dead_after
      and r.heartbeat_at between v_now - p_dead_after / 2 and v_now
  ) then
    return 0;
  end if;

  with gone as materialized (
    select w.worker_id, w.stopped_at from tasker.worker w
    where w.stopped_at is null and w.heartbeat_at < v_now - p_dead_after
       or w.stopped_at <= v_now - p_dead_after and not w.is_settled
    order by w.worker_id for update
  ), stopped as (
    update tasker.worker w set stopped_at = v_now
    from gone g where w.worker_id = g.worker_id and g.stopped_at is null
    returning w.worker_id
  ), settled as (
    update tasker.worker w set is_settled = true
    from gone g where w.worker_id = g.worker_id and g.stopped_at is not null
    returning w.worker_id
  )
  select array_agg(d.worker_id) into v_dead
  from (select p.worker_id from stopped p union all select e.worker_id from settled e) d;

  if v_dead is null then
    return 0;
  end if;
  return tasker.release_steps(v_dead, '{}', '{}', '{}', 'worker lost', true);
end
$$;
