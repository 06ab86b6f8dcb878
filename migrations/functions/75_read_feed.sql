-- Those that are wanted of the rows of log and audit behind p_after up to p_until, in order, each with what it is of as
-- numbers: hosts know the names, since definitions never change. p_until is as for tasker.log_window, and near: all rows up
-- to there are read. Of an event, a payload of more than p_detail_bytes is null; an error is cut as by tasker.brief_error.
-- What retention has deleted meanwhile is null.
--
-- Wanted are all rows of p_tasks, and of the others those of p_kinds: 'task.' or 'step.' with the state to which one came,
-- 'event' for an event of a handler, 'change' for a row of the audit. What is not wanted is not looked up.
--
-- A row of the log names the task; a row of the audit has `action`, and its namespace by name. component_version_id is what
-- ran, where an attempt ended.
--
-- Each row is looked up by primary keys, in a loop as long as what is wanted: no plan can make it longer.
--
-- Locks nothing. To be called in a transaction that reads what is committed meanwhile (read committed).
create or replace function tasker.read_feed(p_after bigint, p_until bigint, p_detail_bytes int, p_kinds text[], p_tasks uuid[])
returns table (
  seq bigint, at timestamptz, namespace text,
  task_id uuid, step_no smallint, attempt int, worker_id int, to_state text, event text, detail text, detail_bytes int,
  wall_ms real, cpu_ms real, memory_kib int,
  correlation_id text, traceparent text, tags text[], created_at timestamptz, template_version_id int, lock_id int, component_version_id int,
  action text, actor text, subject text, reason text
)
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set max_parallel_workers_per_gather = 0
as $$
begin
  return query
    with log as materialized (
      select w.* from tasker.log_window(p_after, p_until, greatest(p_until - p_after, 0)::int) w
      where case when w.event is not null then 'event'
                 when w.step_no is null then 'task.' || w.to_state
                 else 'step.' || w.to_state end = any (p_kinds)
         or w.task_id = any (p_tasks)
    ), changes as materialized (
      select a.* from tasker.audit a
      where a.audit_id > p_after and a.audit_id <= p_until and 'change' = any (p_kinds)
    )
    select u.*
    from (
      select l.seq, l.at, null::text,
             l.task_id, l.step_no, l.attempt, l.worker_id, l.to_state, l.event,
             case when l.detail is null then null
                  when l.event is null then tasker.brief_error(l.detail)::text
                  when octet_length(l.detail::text) <= p_detail_bytes then l.detail::text end,
             octet_length(l.detail::text),
             l.wall_ms, l.cpu_ms, l.memory_kib,
             t.correlation_id, t.traceparent, t.tags, t.created_at, t.template_version_id, t.lock_id, l.component_version_id,
             null::text, null::text, null::text, null::text
      from log l
      left join lateral (
        select x.template_version_id, x.lock_id, x.correlation_id, x.traceparent, x.tags, x.created_at
        from (
          select w.template_version_id, w.lock_id, w.correlation_id, w.traceparent, w.tags, w.created_at
          from tasker.task w where w.task_id = l.task_id
          union all
          select h.template_version_id, h.lock_id, h.correlation_id, h.traceparent, h.tags, h.created_at
          from tasker.task_history h where h.task_id = l.task_id
        ) x
        limit 1
      ) t on true
      union all
      select a.audit_id, a.at, a.namespace,
             null, null, null, null, null, null,
             case when octet_length(a.detail::text) <= p_detail_bytes then a.detail::text end,
             octet_length(a.detail::text),
             null, null, null, null, null, null, null, null, null, null,
             a.action, a.actor, a.subject, a.reason
      from changes a
    ) u
    order by u.seq;
end
$$;
