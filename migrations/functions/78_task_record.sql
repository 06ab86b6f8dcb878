-- What is recorded of a task, for its report: the task, its steps, its log in order and what the audit log has of it, as
-- one JSON object of the form of a line of the archive. Null if there is no such task. Of the log the first p_max_rows
-- rows, and `is_log_cut` if there are more. Payloads are left out, and errors cut to code and message.
--
-- One statement, so that steps and log are of the same moment. What the task has is read by the indices of its id and
-- joined by hashes, so that the cost grows with the number of rows alone; names are looked up by keys, once each.
--
-- Locks: nothing. Idempotent.
create or replace function tasker.task_record(p_task_id uuid, p_max_rows int) returns json
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_nestloop = off set max_parallel_workers_per_gather = 0
as $$
declare
  v_changes_max constant int := 100;
  v_now constant timestamptz := tasker.clock();
begin
  return (
    with own as materialized (
      select t.*,
             (select n.name from tasker.namespace n where n.namespace_id = t.namespace_id) as namespace,
             (select p.name from tasker.template p where p.template_id = t.template_id) as template,
             (select v.version from tasker.template_version v
              where v.template_version_id = t.template_version_id) as version
      from tasker.every_task t
      where t.task_id = p_task_id
    ), log as materialized (
      select r.* from tasker.every_transition r where r.task_id = p_task_id order by r.seq limit p_max_rows + 1
    ), named as materialized (
      select st.step_no, st.name, st.max_attempts
      from tasker.step_template st
      where st.template_version_id = (select o.template_version_id from own o)
    ), parents as materialized (
      select d.to_no, json_agg(m.name order by d.from_no) as names
      from tasker.dependency d
      join named m on m.step_no = d.from_no
      where d.template_version_id = (select o.template_version_id from own o)
      group by d.to_no
    ), ran as materialized (
      select distinct on (l.step_no) l.step_no, l.component_version_id
      from log l
      where l.component_version_id is not null
      order by l.step_no, l.seq desc
    ), entry as materialized (
      select e.step_no, e.handler, coalesce(a.component_version_id, e.component_version_id) as component_version_id
      from tasker.lock_entry e
      left join ran a on a.step_no = e.step_no
      where e.lock_id = (select o.lock_id from own o)
    ), version as materialized (
      select u.component_version_id,
             (select (select n.name from tasker.namespace n where n.namespace_id = c.namespace_id) || '/' || c.name
              from tasker.component c
              where c.component_id = (select cv.component_id from tasker.component_version cv
                                      where cv.component_version_id = u.component_version_id)) as component,
             (select cv.version from tasker.component_version cv
              where cv.component_version_id = u.component_version_id) as version,
             (select encode(cv.digest, 'hex') from tasker.component_version cv
              where cv.component_version_id = u.component_version_id) as digest
      from (select distinct e.component_version_id from entry e) u
    ), host as materialized (
      select u.worker_id, (select w.host_name from tasker.worker w where w.worker_id = u.worker_id) as host_name
      from (select distinct l.worker_id from log l where l.worker_id is not null) u
    )
    select json_build_object(
      'task', (select json_build_object(
                        'id', o.task_id, 'namespace', o.namespace, 'template', o.template, 'version', o.version,
                        'state', o.state, 'correlation_id', o.correlation_id, 'created_at', o.created_at,
                        'finished_at', o.finished_at, 'error', tasker.brief_error(o.error))),
      'steps', (
        select coalesce(json_agg(json_build_object(
                 'name', m.name, 'state', s.state, 'attempts', s.attempt,
                 'counted_attempts', s.attempt - s.free_attempts, 'max_attempts', m.max_attempts,
                 'depends_on', coalesce(p.names, '[]'), 'finished_at', s.finished_at,
                 'component', v.component, 'version', v.version, 'digest', v.digest, 'handler', e.handler)
               order by s.step_no), '[]')
        from tasker.every_step s
        join named m on m.step_no = s.step_no
        join entry e on e.step_no = s.step_no
        join version v on v.component_version_id = e.component_version_id
        left join parents p on p.to_no = s.step_no
        where s.task_id = p_task_id),
      'log', (
        select coalesce(json_agg(json_build_object(
                 'seq', l.seq, 'at', l.at, 'step', m.name, 'attempt', l.attempt, 'worker_id', l.worker_id,
                 'host', h.host_name, 'to_state', l.to_state, 'event', l.event,
                 'detail', case
                   when l.event is not null or l.detail is null then null
                   when l.step_no is null then tasker.brief_error(l.detail)
                   else json_strip_nulls(json_build_object(
                     'kind', l.detail ->> 'kind', 'code', left(l.detail ->> 'code', 100),
                     'message', left(l.detail ->> 'message', 200), 'reason', left(l.detail ->> 'reason', 200)))
                 end,
                 'wall_ms', l.wall_ms, 'cpu_ms', l.cpu_ms, 'host_ms', l.host_ms, 'memory_kib', l.memory_kib,
                 'in_bytes', l.in_bytes, 'out_bytes', l.out_bytes, 'http_requests', l.http_requests)
               order by l.seq), '[]')
        from (select r.* from log r order by r.seq limit p_max_rows) l
        left join named m on m.step_no = l.step_no
        left join host h on h.worker_id = l.worker_id),
      'changes', (
        select coalesce(json_agg(json_build_object(
                 'at', c.at, 'actor', c.actor, 'action', c.action, 'reason', left(c.reason, 200))
               order by c.audit_id), '[]')
        from (select a.* from tasker.audit a
              where a.subject = 'task ' || p_task_id and a.namespace = o.namespace
              order by a.audit_id limit v_changes_max) c),
      'is_log_cut', (select count(*) > p_max_rows from log),
      'as_of', v_now)
    from own o);
end
$$;
