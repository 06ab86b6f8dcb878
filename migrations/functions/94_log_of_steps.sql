-- What the log says of the attempts of each of these steps, by the parallel arrays of tasks and names, in which
-- `ord` is its place, from 1: of the attempts
-- with a number above p_after, at most p_limit of each step, in order. The namespace is that of the task. Errors are cut to
-- code and message.
--
-- Locks: nothing. Reads the log of these tasks.
create or replace function tasker.log_of_steps(p_tasks uuid[], p_steps text[], p_after int[], p_limit int[])
returns table (
  ord int, namespace text, step text, seq bigint, at timestamptz, attempt int, worker_id int, host text,
  to_state text, detail text
)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  with asked as materialized (
    select a.ord, a.task_id, a.step, a.after, a.items, st.step_no, n.name as namespace
    from unnest(p_tasks, p_steps, p_after, p_limit) with ordinality a (task_id, step, after, items, ord)
    join tasker.every_task t on t.task_id = a.task_id
    join tasker.step_template st on st.template_version_id = t.template_version_id and st.name = a.step
    join tasker.namespace n on n.namespace_id = t.namespace_id
  ), log as materialized (
    select k.ord, k.namespace, k.step, r.*
    from (select distinct o.task_id from asked o) u
    join tasker.every_transition r on r.task_id = u.task_id
    join asked k on k.task_id = r.task_id and k.step_no = r.step_no
    where r.to_state is not null and r.attempt > k.after and r.attempt <= k.after + k.items
  ), host as materialized (
    select u.worker_id, (select w.host_name from tasker.worker w where w.worker_id = u.worker_id) as host_name
    from (select distinct l.worker_id from log l where l.worker_id is not null) u
  )
  select l.ord::int, l.namespace, l.step, l.seq, l.at, l.attempt, l.worker_id, h.host_name, l.to_state,
         case when l.detail is not null then json_strip_nulls(json_build_object(
           'kind', l.detail ->> 'kind', 'code', left(l.detail ->> 'code', 100),
           'message', left(l.detail ->> 'message', 200), 'reason', left(l.detail ->> 'reason', 200)))::text end
  from log l
  left join host h on h.worker_id = l.worker_id
  order by l.ord, l.seq;
end
$$;
