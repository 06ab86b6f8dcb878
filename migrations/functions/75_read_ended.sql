-- What ended in the log behind p_after up to p_until, for traces: the rows with which an attempt, a step or a task of a
-- sampled trace ended, in order, each with the times at which these began. p_until is as for tasker.read_feed; how far it
-- lies behind p_after bounds what is read.
--
-- A task with a trace context of its caller is always among them: the host decides from what the context says. Of the
-- others, those whose trace id, of which the last eight bytes are the first of the sha256 of the task's id, is below
-- p_below without its last bit; all of them if it is null.
--
-- A step began when it was first ready: one without parents with its task. A cancelled step has the time of its attempt
-- if that was under way.
--
-- Tasks are looked up by their primary keys, once each, and their log by its index; everything else is joined by hashes,
-- so that the cost grows with the rows that are read alone. Of the log of one call's tasks 100,000 rows are read; times
-- that are not among these are null.
--
-- Locks nothing. To be called in a transaction that reads what is committed meanwhile (read committed).
create or replace function tasker.read_ended(p_after bigint, p_until bigint, p_below bigint)
returns table (
  seq bigint, at timestamptz, task_id uuid, step_no smallint, attempt int, worker_id int, to_state text,
  detail text, detail_bytes int, wall_ms real, cpu_ms real, memory_kib int,
  correlation_id text, created_at timestamptz, template_version_id int, lock_id int, component_version_id int,
  traceparent text, attempt_started_at timestamptz, step_started_at timestamptz, host_name text
)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_nestloop = off set enable_mergejoin = off
set max_parallel_workers_per_gather = 0
as $$
declare
  v_rows_max constant int := 100000;
  v_tasks uuid[];
begin
  -- Statements of their own: what they find is an array, which an index takes whatever the statistics say.
  v_tasks := tasker.ended_tasks(p_after, p_until);
  v_tasks := array(
    select t.task_id
    from tasker.every_task t
    where t.task_id = any (v_tasks)
      and (t.traceparent is not null or p_below is null
           or (('x' || encode(substr(sha256(uuid_send(t.task_id)), 1, 8), 'hex'))::bit(64)::bigint >> 1)
              & 9223372036854775807 < p_below)
  );
  if v_tasks = '{}' then
    return;
  end if;

  return query
    with own as materialized (
      select t.task_id, t.traceparent, t.correlation_id, t.created_at, t.template_version_id, t.lock_id
      from tasker.every_task t
      where t.task_id = any (v_tasks)
    ), log as materialized (
      select w.*
      from (
        select c.* from tasker.transition c
        where c.task_id = any (v_tasks) and c.seq > p_after and c.seq <= p_until
        union all
        select h.* from tasker.transition_history h
        where h.task_id = any (v_tasks) and h.seq > p_after and h.seq <= p_until
      ) w
      where w.to_state in ('ready', 'waiting_for_retry', 'complete', 'error', 'cancelled')
        and (w.to_state <> 'ready' or w.detail is not null)
    ), history as materialized (
      select r.task_id, r.step_no, r.attempt, r.to_state, r.at
      from (
        select w.task_id, w.step_no, w.attempt, w.to_state, w.at
        from tasker.transition w
        where w.task_id = any (v_tasks) and w.step_no is not null
          and w.to_state in ('ready', 'running', 'waiting_for_retry')
        union all
        select h.task_id, h.step_no, h.attempt, h.to_state, h.at
        from tasker.transition_history h
        where h.task_id = any (v_tasks) and h.step_no is not null
          and h.to_state in ('ready', 'running', 'waiting_for_retry')
      ) r
      limit v_rows_max
    ), attempts as materialized (
      select y.task_id, y.step_no, y.attempt, min(y.at) filter (where y.to_state = 'running') as started_at,
             bool_or(y.to_state <> 'running') as has_ended
      from history y
      group by y.task_id, y.step_no, y.attempt
    ), steps as materialized (
      select y.task_id, y.step_no, min(y.at) as first_at from history y group by y.task_id, y.step_no
    )
    select l.seq, l.at, l.task_id, l.step_no, l.attempt, l.worker_id, l.to_state,
           tasker.brief_error(l.detail)::text, octet_length(l.detail::text), l.wall_ms, l.cpu_ms, l.memory_kib,
           o.correlation_id, o.created_at, o.template_version_id, o.lock_id, l.component_version_id,
           o.traceparent,
           case when l.to_state = 'cancelled' and a.has_ended then null else a.started_at end,
           case when (select st.parents from tasker.step_template st
                      where st.template_version_id = o.template_version_id and st.step_no = l.step_no) = 0
                then o.created_at else s.first_at end,
           (select k.host_name from tasker.worker k where k.worker_id = l.worker_id)
    from log l
    join own o on o.task_id = l.task_id
    left join attempts a on a.task_id = l.task_id and a.step_no = l.step_no and a.attempt = l.attempt
    left join steps s on s.task_id = l.task_id and s.step_no = l.step_no
    order by l.seq;
end
$$;
