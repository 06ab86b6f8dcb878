-- Records that a worker is alive. is_alive is false if it was declared dead: all its leases are stale, and it has to
-- register again. is_draining: it is to claim nothing until a later heartbeat is answered otherwise.
--
-- A gap of more than p_gap_max since the last heartbeat, or a clock that was set back since, begins a new series
-- (alive_since), because it is unknown what the database would have received in between. p_running is how many
-- leases the worker holds. p_is_drained says that it knows of the drain, claims nothing and holds nothing. Touches
-- only the row of the worker, so that no lock on another table makes a worker look dead.
--
-- Locks: the row of the worker.
create or replace function tasker.heartbeat(
  p_worker_id int, p_gap_max interval, p_running int default 0, p_is_drained bool default false,
  out is_alive bool, out is_draining bool
)
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
      end,
      running = p_running,
      drained_at = case when p_is_drained and w.draining_since is not null
        then coalesce(w.drained_at, v_fixed, pg_catalog.clock_timestamp())
      end
  where w.worker_id = p_worker_id and w.stopped_at is null
  returning w.draining_since is not null into is_draining;
  is_alive := found;
  is_draining := coalesce(is_draining, false);
end
$$;
