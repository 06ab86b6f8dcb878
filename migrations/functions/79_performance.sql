-- The statistics of a window, by p_by: `namespace`, `template`, `version` (of the template) or `step` (of a template
-- version, with the version of the component that ran). Of p_namespace and p_template, or of all where they are null. The
-- p_limit groups that are first by p_order: `count`, `slow` (all time of attempts), `wait` (all time before claims) or
-- `retries`. p_width is that of tasker.statistic, and p_since and p_until are multiples of it.
--
-- Returns the groups in order, `nth` from 1; then, with the `nth` of their group and a measure, its histograms. To add
-- these up is the caller's: PostgreSQL takes ten times as long for it. Only where there are more than v_rows_max, which
-- would be too much to return, it does so.
--
-- Reads the rows of the window once, and the histograms of the groups that it returns. Locks: nothing. For a standby too.
create or replace function tasker.performance(
  p_by text, p_order text, p_limit int, p_width smallint, p_since timestamptz, p_until timestamptz,
  p_namespace text, p_template text
) returns table (
  nth bigint, namespace text, template text, version text, step text, handler text,
  tasks bigint, tasks_failed bigint, tasks_cancelled bigint, task_ms float8, task_max float8,
  runs bigint, runs_failed bigint, runs_retried bigint, run_ms float8, run_max float8,
  claims bigint, claim_ms float8, claim_max float8,
  measure text, buckets smallint[], counts bigint[]
)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_nestloop = off set max_parallel_workers_per_gather = 0 set work_mem = '32MB'
as $$
declare
  v_rows_max constant int := 5000;
  v_namespace_id constant int := (select n.namespace_id from tasker.namespace n where n.name = p_namespace);
begin
  return query
  with own as materialized (
    select s.measure, s.count, s.failed, s.retried, s.cancelled, s.sum_ms, s.max_ms, s.buckets, s.counts,
           s.namespace_id,
           case when p_by <> 'namespace' then v.template_id else 0 end as template_id,
           case when p_by in ('version', 'step') then s.template_version_id else 0 end as template_version_id,
           case when p_by = 'step' then s.step_no else -1 end as step_no,
           case when p_by = 'step' then s.component_version_id else 0 end as component_version_id
    from tasker.statistic s
    join tasker.template_version v on v.template_version_id = s.template_version_id
    join tasker.template t on t.template_id = v.template_id
    where s.width = p_width and s.at >= p_since and s.at < p_until
      and (p_namespace is null or s.namespace_id = v_namespace_id)
      and (p_template is null or t.name = p_template)
      and (p_by <> 'step' or s.measure <> 'task')
  ), ran as (
    -- Claims do not say which component version: they belong to the one that ran most.
    select distinct on (o.namespace_id, o.template_version_id, o.step_no)
           o.namespace_id, o.template_version_id, o.step_no, o.component_version_id
    from own o
    where p_by = 'step' and o.measure = 'run'
    group by 1, 2, 3, 4
    order by 1, 2, 3, sum(o.count) desc, 4
  ), placed as materialized (
    select o.measure, o.count, o.failed, o.retried, o.cancelled, o.sum_ms, o.max_ms, o.buckets, o.counts,
           o.namespace_id, o.template_id, o.template_version_id, o.step_no,
           case when o.measure = 'claim' then coalesce(r.component_version_id, 0)
                else o.component_version_id end as component_version_id
    from own o
    left join ran r on r.namespace_id = o.namespace_id and r.template_version_id = o.template_version_id
     and r.step_no = o.step_no
  ), summed as (
    select o.namespace_id, o.template_id, o.template_version_id, o.step_no, o.component_version_id,
           coalesce(sum(o.count) filter (where o.measure = 'task'), 0)::bigint as tasks,
           coalesce(sum(o.failed) filter (where o.measure = 'task'), 0)::bigint as tasks_failed,
           coalesce(sum(o.cancelled) filter (where o.measure = 'task'), 0)::bigint as tasks_cancelled,
           sum(o.sum_ms) filter (where o.measure = 'task') as task_ms,
           max(o.max_ms) filter (where o.measure = 'task') as task_max,
           coalesce(sum(o.count) filter (where o.measure = 'run'), 0)::bigint as runs,
           coalesce(sum(o.failed) filter (where o.measure = 'run'), 0)::bigint as runs_failed,
           coalesce(sum(o.retried) filter (where o.measure = 'run'), 0)::bigint as runs_retried,
           sum(o.sum_ms) filter (where o.measure = 'run') as run_ms,
           max(o.max_ms) filter (where o.measure = 'run') as run_max,
           coalesce(sum(o.count) filter (where o.measure = 'claim'), 0)::bigint as claims,
           sum(o.sum_ms) filter (where o.measure = 'claim') as claim_ms,
           max(o.max_ms) filter (where o.measure = 'claim') as claim_max
    from placed o
    group by 1, 2, 3, 4, 5
  ), picked as materialized (
    select z.*, row_number() over (order by
             case p_order when 'slow' then coalesce(z.run_ms, 0) when 'wait' then coalesce(z.claim_ms, 0)
                          when 'retries' then (z.runs_retried + z.runs_failed)::float8
                          else (z.tasks + z.runs)::float8 end desc,
             z.namespace_id, z.template_id, z.template_version_id, z.step_no, z.component_version_id) as nth
    from summed z
    order by nth
    limit p_limit
  ), matched as materialized (
    select k.nth, o.measure, o.buckets, o.counts
    from placed o
    join picked k using (namespace_id, template_id, template_version_id, step_no, component_version_id)
    where o.buckets <> '{}'
  ), merged as (
    select b.nth, b.measure, array_agg(b.bucket) as buckets, array_agg(b.n) as counts
    from (
      select m.nth, m.measure, u.bucket, sum(u.n)::bigint as n
      from matched m
      cross join lateral unnest(m.buckets, m.counts) as u (bucket, n)
      where (select count(*) from matched) > v_rows_max
      group by 1, 2, 3
    ) b
    group by 1, 2
  )
  select k.nth, n.name, t.name, v.version, st.name, cn.name || '/' || c.name || '@' || cv.version,
         k.tasks, k.tasks_failed, k.tasks_cancelled, k.task_ms, k.task_max,
         k.runs, k.runs_failed, k.runs_retried, k.run_ms, k.run_max, k.claims, k.claim_ms, k.claim_max,
         null::text, null::smallint[], null::bigint[]
  from picked k
  left join tasker.namespace n on n.namespace_id = k.namespace_id
  left join tasker.template t on t.template_id = k.template_id
  left join tasker.template_version v on v.template_version_id = k.template_version_id
  left join tasker.step_template st on st.template_version_id = k.template_version_id and st.step_no = k.step_no
  left join tasker.component_version cv on cv.component_version_id = k.component_version_id
  left join tasker.component c on c.component_id = cv.component_id
  left join tasker.namespace cn on cn.namespace_id = c.namespace_id
  union all
  select h.nth, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
         h.measure, h.buckets, h.counts
  from (
    select * from matched where (select count(*) from matched) <= v_rows_max
    union all
    select * from merged
  ) h
  order by 1, 20 nulls first;
end
$$;
