-- Records that a worker is alive, and the leases that it holds (parallel arrays; null if a call of the worker got no
-- answer since the last heartbeat, because then it may hold more than it knows). is_alive is false if it was declared
-- dead: all its leases are stale, and it has to register again. is_draining: it is to claim nothing until a later
-- heartbeat is answered otherwise.
--
-- A gap of more than p_gap_max since the last heartbeat, or a clock that was set back since, begins a new series
-- (alive_since), because it is unknown what the database would have received in between. p_running is how many
-- leases the worker holds. p_is_drained says that it knows of the drain, claims nothing and holds nothing. Touches
-- only the row of the worker, so that no lock on another table makes a worker look dead.
--
-- What the worker holds is at any time among worker.leases, or was claimed after leases_at, less tasker.call_max(); see
-- tasker.held_steps. A heartbeat adds the leases that it names, and moves leases_at on to the heartbeat before it: the
-- worker named everything of which it had the answer by then. Both stay as they are while something is unsure: after a
-- call without an answer, after a gap, a step of the clock or a change of the server (one that takes over may lack
-- reports that were recorded), until tasker.reap_overdue has searched the log long enough afterwards. So an error here
-- costs a longer search and misses no lease. tasker.reap_overdue also removes the leases that are over; if it does not
-- run, there is a limit.
--
-- Locks: the row of the worker.
create or replace function tasker.heartbeat(
  p_worker_id int, p_gap_max interval, p_running int default 0, p_is_drained bool default false,
  p_task_id uuid[] default null, p_step_no smallint[] default null, p_attempt int[] default null,
  out is_alive bool, out is_draining bool
)
language plpgsql
set search_path = ''
as $$
declare
  v_leases_max constant int := 20000;
  v_server_started_at constant timestamptz := pg_catalog.pg_postmaster_start_time();
  v_worker tasker.worker;
  v_now timestamptz;
  v_is_unbroken bool;
  v_is_sure bool;
  v_is_recorded bool;
begin
  select w.* into v_worker from tasker.worker w
  where w.worker_id = p_worker_id and w.stopped_at is null for update;
  if not found then
    is_alive := false;
    is_draining := false;
    return;
  end if;
  v_now := tasker.clock();
  v_is_unbroken := v_now between v_worker.heartbeat_at and v_worker.heartbeat_at + p_gap_max;
  v_is_sure := p_task_id is not null and v_is_unbroken and v_worker.server_started_at = v_server_started_at;
  -- A claim in a call that was given up ends within one call_max, and is found once it is older than another.
  v_is_recorded := v_is_sure and v_worker.checked_at >= v_worker.unsure_at + 2 * tasker.call_max()
    and cardinality(v_worker.leases) <= v_leases_max + 2 * cardinality(p_task_id);

  update tasker.worker w
  set heartbeat_at = v_now,
      alive_since = case when v_is_unbroken then w.alive_since else v_now end,
      running = p_running,
      drained_at = case when p_is_drained and w.draining_since is not null then coalesce(w.drained_at, v_now) end,
      server_started_at = v_server_started_at,
      unsure_at = case when v_is_sure then w.unsure_at else v_now end,
      checked_at = least(w.checked_at, v_now),
      leases_at = case when v_is_recorded then w.heartbeat_at else least(w.leases_at, v_now) end,
      leases = case when v_is_recorded
        then array(select l from unnest(w.leases) l
                   union
                   select (n.task_id, n.step_no, n.attempt)::tasker.lease
                   from unnest(p_task_id, p_step_no, p_attempt) as n (task_id, step_no, attempt))
        else w.leases end
  where w.worker_id = p_worker_id;
  is_alive := true;
  is_draining := v_worker.draining_since is not null;
end
$$;
