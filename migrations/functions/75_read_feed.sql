-- The rows of log and audit behind p_after up to p_until, in order, p_limit at most, each with what it is of: namespace,
-- template, step, handler, component. p_until is as for tasker.read_log. Of an event, a payload of more than
-- p_detail_bytes is null; an error is cut as by tasker.brief_error. What retention has deleted meanwhile is null.
--
-- A row of the log names the task; a row of the audit has `action`. The component is the one that ran, where an attempt
-- ended, and else what the lock of the task names.
--
-- Each row is looked up by primary keys, in a loop whose length is p_limit: no plan can make it longer.
--
-- Locks nothing. To be called in a transaction that reads what is committed meanwhile (read committed).
create or replace function tasker.read_feed(p_after bigint, p_until bigint, p_limit int, p_detail_bytes int)
returns table (
  seq bigint, at timestamptz, namespace text,
  task_id uuid, step_no smallint, attempt int, worker_id int, to_state text, event text, detail text, detail_bytes int,
  wall_ms real, cpu_ms real, memory_kib int,
  correlation_id text, created_at timestamptz, template text, template_version text, step text, handler text,
  component text, component_version text, digest bytea,
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
      select w.* from tasker.log_window(p_after, p_until, p_limit) w
    ), changes as materialized (
      select a.* from tasker.audit a
      where a.audit_id > p_after and a.audit_id <= p_until
      order by a.audit_id
      limit p_limit
    )
    select u.*
    from (
      select l.seq, l.at, n.name as namespace,
             l.task_id, l.step_no, l.attempt, l.worker_id, l.to_state, l.event,
             case when l.event is null then tasker.brief_error(l.detail)::text
                  when octet_length(l.detail::text) <= p_detail_bytes then l.detail::text end,
             octet_length(l.detail::text),
             l.wall_ms, l.cpu_ms, l.memory_kib,
             t.correlation_id, t.created_at, te.name, tv.version, st.name, e.handler,
             cn.name || '/' || c.name, cv.version, cv.digest,
             null::text, null::text, null::text, null::text
      from log l
      left join lateral (
        select x.namespace_id, x.template_version_id, x.lock_id, x.correlation_id, x.created_at
        from (
          select w.* from tasker.task w where w.task_id = l.task_id
          union all
          select h.* from tasker.task_history h where h.task_id = l.task_id
        ) x
        limit 1
      ) t on true
      left join tasker.namespace n on n.namespace_id = t.namespace_id
      left join tasker.template_version tv on tv.template_version_id = t.template_version_id
      left join tasker.template te on te.template_id = tv.template_id
      left join tasker.step_template st
        on st.template_version_id = t.template_version_id and st.step_no = l.step_no
      left join tasker.lock_entry e on e.lock_id = t.lock_id and e.step_no = l.step_no
      left join tasker.component_version cv
        on cv.component_version_id = coalesce(l.component_version_id, e.component_version_id)
      left join tasker.component c on c.component_id = cv.component_id
      left join tasker.namespace cn on cn.namespace_id = c.namespace_id
      union all
      select a.audit_id, a.at, a.namespace,
             null, null, null, null, null, null,
             case when octet_length(a.detail::text) <= p_detail_bytes then a.detail::text end,
             octet_length(a.detail::text),
             null, null, null, null, null, null, null, null, null, null, null, null,
             a.action, a.actor, a.subject, a.reason
      from changes a
    ) u
    order by u.seq
    limit p_limit;
end
$$;
