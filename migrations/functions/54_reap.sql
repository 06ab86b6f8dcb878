-- Takes back what dead workers held: those without a heartbeat for p_dead_after. Returns how many
-- steps that were; any host may call it at any time, one does the work.
--
-- A database that started less than p_dead_after ago declares no worker dead: none could tell it
-- that it is alive. Workers that were declared dead a short while ago are looked at again, since a
-- call of theirs may have been under way.
--
-- Locks: per worker, as tasker.stop_worker.
create or replace function tasker.reap(p_dead_after interval) returns int
language plpgsql
set search_path = ''
as $$
declare
  v_now constant timestamptz := tasker.clock();
  v_reaped int := 0;
  v_worker_id int;
begin
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.reap')) then
    return 0;
  end if;
  for v_worker_id in
    select w.worker_id from tasker.worker w
    where w.stopped_at is null and w.heartbeat_at < v_now - p_dead_after
          and pg_catalog.pg_postmaster_start_time() < pg_catalog.clock_timestamp() - p_dead_after
       or w.stopped_at between v_now - 3 * p_dead_after and v_now - p_dead_after
    order by w.worker_id
  loop
    v_reaped := v_reaped + tasker.stop_worker(v_worker_id, 'worker lost', true);
  end loop;
  return v_reaped;
end
$$;
