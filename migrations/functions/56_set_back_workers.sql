-- Replaces times of workers that are later than now, because the clock was set back, by the current time. So a
-- worker that dies afterwards is detected without delay, and one that was declared dead is checked again in time; and
-- so that claims since then are searched for in the log.
--
-- Locks: the rows of the workers by id. Idempotent.
create or replace function tasker.set_back_workers(p_now timestamptz) returns void
language sql
set search_path = ''
as $$
  with ahead as materialized (
    select w.worker_id from tasker.worker w
    where w.heartbeat_at > p_now and w.stopped_at is null or w.alive_since > p_now or w.stopped_at > p_now
       or w.leases_at > p_now
    order by w.worker_id for update
  )
  update tasker.worker w
  set heartbeat_at = least(w.heartbeat_at, p_now), alive_since = least(w.alive_since, p_now),
      stopped_at = case when w.stopped_at > p_now then p_now else w.stopped_at end,
      leases_at = least(w.leases_at, p_now), unsure_at = least(w.unsure_at, p_now),
      checked_at = least(w.checked_at, p_now)
  from ahead a where w.worker_id = a.worker_id
$$;
