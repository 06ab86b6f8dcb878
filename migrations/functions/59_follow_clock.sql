-- Records the latest time of the database's clock and, if the clock was set back since, moves what would wait until
-- the clock has caught up: ready steps, retries, workers' heartbeats, rollouts. Every host calls it once per heartbeat
-- interval; usually it reads one row.
--
-- A retry keeps the rest of its delay, to within the interval between two calls. Retries that were planned after
-- the clock was set back are not changed: the time of the failure in the log distinguishes them. A call moves up to
-- p_limit steps in the order in which they are due, and the next call continues from there, so that claims find work
-- at once and no transaction lasts long. Each reads the whole queue. Returns how many steps it moved; null if there was nothing to do. Any host
-- may call it at any time, one does the work.
--
-- Locks: the mark; workers by id; pins by (namespace_id, kind, target); steps by (task_id, step_no).
create or replace function tasker.follow_clock(p_limit int) returns int
language plpgsql
set search_path = '' set jit = off
as $$
declare
  -- What clocks are corrected by in normal operation does no harm.
  v_tolerance constant interval := interval '1 second';
  v_now timestamptz := tasker.clock();
  v_mark tasker.clock_mark;
  v_seen int;
  v_seen_until timestamptz;
  v_moved int;
  v_namespaces int[];
  v_lanes smallint[];
  v_from timestamptz[];
  v_tasks uuid[];
  v_steps smallint[];
  v_to timestamptz[];
begin
  select * into v_mark from tasker.clock_mark m where m.singleton;
  if v_mark.set_back is null and v_now >= v_mark.high_at - v_tolerance then
    if v_now > v_mark.high_at + v_tolerance then
      update tasker.clock_mark m set high_at = v_now where m.singleton and m.high_at < v_now;
    end if;
    return null;
  end if;
  if not pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('tasker.follow_clock')) then
    return null;
  end if;

  select * into v_mark from tasker.clock_mark m where m.singleton for update;
  v_now := tasker.clock();
  if v_now < v_mark.high_at - v_tolerance then
    update tasker.clock_mark m
    set high_at = v_now, moved_until = v_now,
        set_back = coalesce(m.set_back, interval '0') + (m.high_at - v_now)
    where m.singleton
    returning m.* into v_mark;
    perform tasker.set_back_workers(v_now);
    with ahead as materialized (
      select p.namespace_id, p.kind, p.target from tasker.pin p
      where p.rollout_started_at > v_now
      order by p.namespace_id, p.kind, p.target for update
    )
    update tasker.pin p set rollout_started_at = v_now
    from ahead a where p.namespace_id = a.namespace_id and p.kind = a.kind and p.target = a.target;
  elsif v_mark.set_back is null then
    return null;
  end if;

  with waiting as materialized (
    select q.task_id, q.step_no, q.ready_at
    from tasker.queue q
    where q.ready_at > v_mark.moved_until
    order by q.ready_at
    fetch first (p_limit) rows with ties
  ), late as materialized (
    select s.task_id, s.step_no, s.attempt, s.state, s.ready_at
    from waiting w
    join tasker.step s on s.task_id = w.task_id and s.step_no = w.step_no and s.ready_at = w.ready_at
  ), planned_before as materialized (
    select r.task_id, r.step_no, r.attempt
    from (select distinct l.task_id from late l where l.state = 'waiting_for_retry') l
    join tasker.transition r on r.task_id = l.task_id
    where r.at > v_now + v_tolerance and r.to_state = 'waiting_for_retry'
  ), wrong as materialized (
    select s.task_id, s.step_no, s.namespace_id, s.lane, l.ready_at
    from late l
    join tasker.step s on s.task_id = l.task_id and s.step_no = l.step_no
    where s.ready_at = l.ready_at
      and (l.state = 'ready'
           or (l.task_id, l.step_no, l.attempt) in (select p.task_id, p.step_no, p.attempt from planned_before p))
    order by s.task_id, s.step_no
    for update of s
  ), moved as (
    update tasker.step s
    set ready_at = case s.state when 'ready' then least(s.ready_at - v_mark.set_back, v_now)
                                else s.ready_at - v_mark.set_back end
    from wrong w
    where s.task_id = w.task_id and s.step_no = w.step_no
    returning s.task_id, s.step_no, s.ready_at
  )
  select (select count(*) from waiting), (select max(w.ready_at) from waiting w),
         array_agg(w.namespace_id), array_agg(w.lane), array_agg(w.ready_at), array_agg(m.task_id), array_agg(m.step_no),
         array_agg(m.ready_at)
  into v_seen, v_seen_until, v_namespaces, v_lanes, v_from, v_tasks, v_steps, v_to
  from moved m
  join wrong w on w.task_id = m.task_id and w.step_no = m.step_no;
  -- A statement of its own: it sees the row of a step that was queued again before its lock was had.
  update tasker.queue q
  set ready_at = m.until
  from unnest(v_namespaces, v_lanes, v_from, v_tasks, v_steps, v_to)
    as m (namespace_id, lane, ready_at, task_id, step_no, until)
  where q.namespace_id = m.namespace_id and q.lane = m.lane and q.ready_at = m.ready_at
    and q.task_id = m.task_id and q.step_no = m.step_no;
  v_moved := coalesce(cardinality(v_tasks), 0);

  update tasker.clock_mark m
  set set_back = case when v_seen >= p_limit then m.set_back end,
      moved_until = case when v_seen >= p_limit then v_seen_until end
  where m.singleton;
  if v_moved > 0 then
    perform pg_catalog.pg_notify('tasker_ready', '');
  end if;
  return v_moved;
end
$$;
