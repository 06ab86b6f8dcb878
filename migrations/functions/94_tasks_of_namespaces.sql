-- The newest tasks of each of these namespaces that are older than p_after (null: than none), at most p_limit of each, by
-- the parallel arrays, in which `ord` is the place, from 1, as a list of tasks has them.
--
-- Locks: nothing. Reads as many tasks of each template of these namespaces.
create or replace function tasker.tasks_of_namespaces(p_namespaces text[], p_after uuid[], p_limit int[]) returns table (
  ord int, task_id uuid, namespace text, template text, version text, template_version_id int, lock_id int, state text,
  correlation_id text, tags text[], priority smallint, created_at timestamptz, finished_at timestamptz, error text
)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select a.ord::int, t.task_id, n.name, p.name, v.version, t.template_version_id, t.lock_id, t.state::text, t.correlation_id, t.tags,
         t.lane / tasker.lane_width(), t.created_at, t.finished_at, tasker.brief_error(t.error)::text
  from unnest(p_namespaces, p_after, p_limit) with ordinality a (namespace, after, items, ord)
  join tasker.namespace n on n.name = a.namespace
  cross join lateral (
    select l.*
    from tasker.template o
    cross join lateral (
      select e.*
      from tasker.every_task e
      where (e.template_id, e.task_id) < (o.template_id, coalesce(a.after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))
        and e.template_id >= o.template_id
      order by e.template_id desc, e.task_id desc
      limit a.items
    ) l
    where o.namespace_id = n.namespace_id
    order by l.task_id desc
    limit a.items
  ) t
  join tasker.template p on p.template_id = t.template_id
  join tasker.template_version v on v.template_version_id = t.template_version_id
  order by a.ord, t.task_id desc;
end
$$;
