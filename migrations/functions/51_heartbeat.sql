-- Records that a worker is alive. False: the worker was declared dead, all its leases are stale, and it has to
-- register again.
--
-- A gap of more than p_gap_max since the last heartbeat, or a clock that was set back since, begins a new series
-- (alive_since), because it is unknown what the database would have received in between. Touches only the row of
-- the worker, so that no lock on another table makes a worker look dead.
--
-- Locks: the row of the worker.
create or replace function tasker.heartbeat(p_worker_id int, p_gap_max interval) returns bool
language plpgsql
set search_path = ''
as $$
declare
  v_fixed constant timestamptz := tasker.fixed_clock();
begin
  update tasker.worker w
  set heartbeat_at = coalesce(v_fixed, pg_catalog.clock_timestamp()),
      alive_since = case
        when coalesce(v_fixed, pg_catalog.clock_timestamp()) between w.heartbeat_at and w.heartbeat_at + p_gap_max
          then w.alive_since
        else coalesce(v_fixed, pg_catalog.clock_timestamp())
      end
  where w.worker_id = p_worker_id and w.stopped_at is null;
  return found;
end
$$;
