-- What the locks of these tasks name, in the order of the first step that runs it, at most p_limit of each.
--
-- Locks: nothing. Reads the locks of these tasks.
create or replace function tasker.locks_of_tasks(p_tasks uuid[], p_limit int)
returns table (
  task_id uuid, namespace text, component text, version text, digest bytea, steps bigint
)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select t.task_id, n.name, c.name, cv.version, cv.digest, l.steps
  from unnest(p_tasks) a (task_id)
  join tasker.every_task t on t.task_id = a.task_id
  cross join lateral (
    select e.component_version_id, count(*) as steps, min(e.step_no) as first_step
    from tasker.lock_entry e
    where e.lock_id = t.lock_id
    group by e.component_version_id
    order by first_step
    limit p_limit
  ) l
  join tasker.component_version cv on cv.component_version_id = l.component_version_id
  join tasker.component c on c.component_id = cv.component_id
  join tasker.namespace n on n.namespace_id = c.namespace_id
  order by t.task_id, l.first_step;
end
$$;
