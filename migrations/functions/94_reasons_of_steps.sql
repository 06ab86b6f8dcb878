-- Why each of these open steps is in its state, by the parallel arrays of tasks and names; see tasker.explain_steps.
--
-- Locks: nothing. Reads the steps of these tasks.
create or replace function tasker.reasons_of_steps(p_tasks uuid[], p_steps text[])
returns table (task_id uuid, namespace text, step text, why text)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select k.task_id, n.name, e.name, e.why
  from (
    select a.task_id, t.namespace_id, array_agg(st.step_no) as steps
    from unnest(p_tasks, p_steps) a (task_id, step)
    join tasker.every_task t on t.task_id = a.task_id and t.finished_at is null
    join tasker.step_template st on st.template_version_id = t.template_version_id and st.name = a.step
    group by a.task_id, t.namespace_id
  ) k
  join tasker.namespace n on n.namespace_id = k.namespace_id
  cross join lateral tasker.explain_steps(k.task_id, k.steps) e
  where e.why <> e.state::text;
end
$$;
