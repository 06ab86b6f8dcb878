-- These tasks, as a list of tasks has them; those that do not exist are left out.
--
-- Locks: nothing. Reads these tasks.
create or replace function tasker.tasks_by_id(p_tasks uuid[]) returns table (
  task_id uuid, namespace text, template text, version text, template_version_id int, lock_id int, state text,
  correlation_id text, tags text[], priority smallint, created_at timestamptz, finished_at timestamptz, error text
)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select t.task_id, n.name, p.name, v.version, t.template_version_id, t.lock_id, t.state::text, t.correlation_id, t.tags,
         t.lane / tasker.lane_width(), t.created_at, t.finished_at, tasker.brief_error(t.error)::text
  from unnest(p_tasks) a (task_id)
  join tasker.every_task t on t.task_id = a.task_id
  join tasker.namespace n on n.namespace_id = t.namespace_id
  join tasker.template p on p.template_id = t.template_id
  join tasker.template_version v on v.template_version_id = t.template_version_id;
end
$$;
