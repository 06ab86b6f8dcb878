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
    -- The planner takes a series for many rows and arrays for a few, which it would join with the log row by row.
    -- Where a subquery ends with `offset 0`, tables are read by their keys whatever the planner knows of them.
    select a.ord, t.task_id, st.name as step, p_after[a.ord] as after, p_limit[a.ord] as items, st.step_no,
           n.name as namespace
    from generate_series(1, cardinality(p_tasks)) a (ord)
    cross join lateral (
      select e.task_id, e.template_version_id, e.namespace_id
      from tasker.every_task e
      where e.task_id = p_tasks[a.ord]
      offset 0
    ) t
    join tasker.step_template st on st.template_version_id = t.template_version_id and st.name = p_steps[a.ord]
    join tasker.namespace n on n.namespace_id = t.namespace_id
  ), log as materialized (
    select k.ord, k.namespace, k.step, r.*
    from (select distinct o.task_id from asked o) u
    cross join lateral (
      select f.task_id, f.step_no, f.seq, f.at, f.attempt, f.worker_id, f.to_state, f.detail
      from tasker.every_transition f
      where f.task_id = u.task_id and f.to_state is not null
      offset 0
    ) r
    join asked k on k.task_id = r.task_id and k.step_no = r.step_no
    where r.attempt > k.after and r.attempt <= k.after + k.items
  ), host as materialized (
    select u.worker_id, (select w.host_name from tasker.worker w where w.worker_id = u.worker_id) as host_name
    from (select distinct l.worker_id from log l where l.worker_id is not null) u
  )
  select l.ord, l.namespace, l.step, l.seq, l.at, l.attempt, l.worker_id, h.host_name, l.to_state,
         case when l.detail is not null then json_strip_nulls(json_build_object(
           'kind', l.detail ->> 'kind', 'code', left(l.detail ->> 'code', 100),
           'message', left(l.detail ->> 'message', 200), 'reason', left(l.detail ->> 'reason', 200)))::text end
  from log l
  left join host h on h.worker_id = l.worker_id
  order by l.ord, l.seq;
end
$$;
