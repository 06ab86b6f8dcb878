-- The groups of failed attempts of a window, by namespace, code and shape of the message, the most frequent first; with
-- five steps at most that failed so, as `template/step`, and the last task. p_width, p_since and p_until are as for
-- tasker.performance. Locks: nothing. For a standby too.
create or replace function tasker.error_groups(
  p_limit int, p_width smallint, p_since timestamptz, p_until timestamptz, p_namespace text, p_template text
) returns table (
  namespace text, code text, message text, count bigint, first_at timestamptz, last_at timestamptz, steps text[],
  task_id uuid
)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_nestloop = off set max_parallel_workers_per_gather = 0
as $$
begin
  return query
  select n.name, o.code, o.shape, sum(o.count)::bigint, min(o.first_at), max(o.last_at),
         (array_agg(distinct t.name || '/' || st.name))[:5], (array_agg(o.task_id order by o.last_at desc))[1]
  from (
    select g.namespace_id, g.template_version_id, g.step_no, g.code, g.shape, sum(g.count) as count,
           min(g.first_at) as first_at, max(g.last_at) as last_at,
           (array_agg(g.task_id order by g.last_at desc))[1] as task_id
    from tasker.error_group g
    where g.width = p_width and g.at >= p_since and g.at < p_until
    group by 1, 2, 3, 4, 5
  ) o
  join tasker.namespace n on n.namespace_id = o.namespace_id
  join tasker.template_version v on v.template_version_id = o.template_version_id
  join tasker.template t on t.template_id = v.template_id
  join tasker.step_template st on st.template_version_id = o.template_version_id and st.step_no = o.step_no
  where (p_namespace is null or n.name = p_namespace) and (p_template is null or t.name = p_template)
  group by n.name, o.code, o.shape
  order by 4 desc, 1, 2, 3
  limit p_limit;
end
$$;
