-- What hosts give as metrics and as their status about the database, as JSON. Answers with what was found last if that is not older than
-- p_max_age; otherwise it looks anew, one caller at a time: the others get what was found last, null if nothing was.
-- So the cost does not grow with the number of hosts.
--
-- Counts of transitions begin with the first look ever, last for as long as the database, and have each row once:
-- tasker.count_transitions adds what was safe at the look before (see tasker.log_horizon), v_rows numbers at most. So they are
-- behind by one look; rows that are deleted before are not counted. Counts of other things have bounds, up to which each
-- is exact.
--
-- Locks: the row of tasker.observation, skipped where another caller has it. Repeatable.
create or replace function tasker.observe(p_max_age interval) returns json
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
-- Else open tasks are looked for among all, where statistics are of an empty table.
set enable_seqscan = off
as $$
declare
  v_now constant timestamptz := tasker.clock();
  v_rows constant bigint := 200000;
  v_counted_max constant int := 10000;
  v_queued_max constant int := 50000;
  v_silent constant interval := '30 seconds';
  v_failing_attempts constant int := 3;
  v_last tasker.observation;
  v_safe bigint;
  v_mark bigint;
  v_writers text[];
  v_counted bigint;
  v_mark_at timestamptz;
  v_writer_at timestamptz;
  v_found json;
begin
  select o.* into v_last from tasker.observation o;
  if v_last.observed_at between v_now - p_max_age and v_now then
    return v_last.found;
  end if;
  select o.* into v_last from tasker.observation o for update skip locked;
  if not found or v_last.observed_at between v_now - p_max_age and v_now then
    return (select o.found from tasker.observation o);
  end if;

  -- Null at the first look: `least` alone would take the other value.
  v_counted := case when v_last.counted is not null
                    then greatest(v_last.counted, least(v_last.safe, v_last.counted + v_rows)) end;
  if v_counted > v_last.counted then
    perform tasker.count_transitions(v_last.counted, v_counted);
  end if;
  select h.safe, h.mark, h.writers into v_safe, v_mark, v_writers
  from tasker.log_horizon(v_last.safe, v_last.mark, v_last.writers) h;
  -- Nothing of what was before the first look.
  v_counted := coalesce(v_counted, v_mark);
  v_mark_at := case when v_mark is distinct from v_last.mark or v_last.mark_at is null then v_now else v_last.mark_at end;

  -- Since when the oldest transaction is open that may hold the log back; unknown where this role may not see it.
  select min(a.xact_start) into v_writer_at
  from pg_catalog.pg_locks l
  join pg_catalog.pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
    and l.relation in ('tasker.transition'::regclass, 'tasker.audit'::regclass)
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database());

  -- `greatest` would take 0 for null.
  v_found := json_build_object(
    'at', v_now,
    'log_count', (select json_agg(c) from tasker.log_count c),
    'open_tasks', (
      select json_build_object('pending', count(*) filter (where o.state = 'pending'),
                               'in_progress', count(*) filter (where o.state = 'in_progress'))
      from (select t.state from tasker.task t where t.finished_at is null limit v_counted_max) o),
    'queue', (
      select json_agg(json_build_object('namespace', d.namespace, 'due', d.due, 'delayed', d.delayed,
               'oldest_seconds', case when d.oldest_at is not null then greatest(0, extract(epoch from v_now - d.oldest_at)) end,
               'is_paused', coalesce(
                 (select r.is_paused from tasker.namespace n join tasker.queue_rule r using (namespace_id)
                  where n.name = d.namespace), false)))
      from tasker.queue_depths(1000, v_queued_max, 100) d),
    'suspended', (select count(*) from (select from tasker.suspended_step s limit v_counted_max) s),
    'hosts', (
      select json_build_object(
        'silent', count(*) filter (where w.heartbeat_at < v_now - v_silent),
        'draining', count(*) filter (where w.heartbeat_at >= v_now - v_silent and w.draining_since is not null),
        'alive', count(*) filter (where w.heartbeat_at >= v_now - v_silent and w.draining_since is null))
      from tasker.worker w where w.stopped_at is null),
    'rollouts', (
      select json_build_object('running', count(*) filter (where p.rollout_state = 'running'),
                               'paused', count(*) filter (where p.rollout_state = 'paused'))
      from tasker.pin p where p.rollout_state is not null),
    'log_position', v_safe,
    'log_uncounted', greatest(v_safe - v_counted, 0),
    'log_lag_seconds', case when v_mark > v_safe then greatest(0, extract(epoch from v_now - v_mark_at)) else 0 end,
    'log_writer_seconds',
      case when v_mark > v_safe and v_writer_at is not null
           then greatest(0, extract(epoch from clock_timestamp() - v_writer_at)) end,
    'subscriptions', (
      select json_build_object(
        'active', count(*), 'failing', count(*) filter (where s.attempts >= v_failing_attempts),
        'lag_seconds', case when count(s.pending_at) > 0 then greatest(0, extract(epoch from v_now - min(s.pending_at))) end)
      from (select a.attempts, a.pending_at from tasker.subscription a where a.state = 'active'
            limit v_counted_max) s),
    'statistics', (
      select json_build_object('uncounted', greatest(v_safe - p.seq, 0),
                               'behind_seconds', case when p.as_of > '-infinity'
                                                      then greatest(0, extract(epoch from v_now - p.as_of)) end)
      from tasker.statistic_position p),
    'recording_bytes', (select coalesce(sum(r.bytes), 0) from tasker.recording_size r)
  );
  update tasker.observation o
  set observed_at = v_now, safe = v_safe, mark = v_mark, writers = v_writers, mark_at = v_mark_at, counted = v_counted,
      found = v_found;
  return v_found;
end
$$;
