-- Steps of each of these tasks in the order of their numbers, behind the one of p_after (null: from the first on), at most
-- p_limit of each, by the parallel arrays, in which `ord` is the place, from 1. The columns are those that the host reads of
-- the steps of one task. What has run shows the version that it ran, whatever the lock says by now.
--
-- Locks: nothing. Reads the steps that it returns and the log of their tasks.
create or replace function tasker.steps_of_tasks(
  p_tasks uuid[], p_after smallint[], p_limit int[], p_parents_max int, p_bytes_max int
) returns table (
  ord int, step_no smallint, name text, state text, attempt int, free_attempts int,
  max_attempts int, parents text[], ready_at timestamptz, is_suspended boolean, started_at timestamptz,
  finished_at timestamptz, result text, result_bytes int, checkpoint_bytes int, error text, error_bytes int,
  component_namespace text, component text, version text, digest bytea, handler text
)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  with asked as materialized (
    -- The planner takes a series for many rows and arrays for a few, which it would join with `ran` row by row. Where a
    -- subquery ends with `offset 0`, tables are read by their keys whatever the planner knows of them.
    select a.ord, t.task_id, p_after[a.ord] as after, p_limit[a.ord] as items, t.template_version_id, t.lock_id
    from generate_series(1, cardinality(p_tasks)) a (ord)
    cross join lateral (
      select e.task_id, e.template_version_id, e.lock_id
      from tasker.every_task e
      where e.task_id = p_tasks[a.ord]
      offset 0
    ) t
  ), page as materialized (
    select k.ord, k.task_id, k.template_version_id, k.lock_id, s.step_no
    from asked k
    cross join lateral (
      select e.step_no
      from tasker.every_step e
      where e.task_id = k.task_id and e.step_no > coalesce(k.after, -1)
      order by e.step_no
      limit k.items
    ) s
  ), ran as materialized (
    select distinct on (l.task_id, l.step_no) l.task_id, l.step_no, l.component_version_id
    from (select distinct k.task_id from asked k) u
    cross join lateral (
      select r.task_id, r.step_no, r.seq, r.component_version_id
      from tasker.every_transition r
      where r.task_id = u.task_id and r.component_version_id is not null
      offset 0
    ) l
    where (l.task_id, l.step_no) in (select g.task_id, g.step_no from page g)
    order by l.task_id, l.step_no, l.seq desc
  ), shown as materialized (
    select g.*, r.component_version_id
    from page g
    left join ran r on r.task_id = g.task_id and r.step_no = g.step_no
  )
  select g.ord, s.step_no, st.name, s.state::text, s.attempt, s.free_attempts, st.max_attempts,
         array(select pst.name
               from tasker.dependency d
               join tasker.step_template pst
                 on pst.template_version_id = d.template_version_id and pst.step_no = d.from_no
               where d.template_version_id = g.template_version_id and d.to_no = s.step_no
               order by d.from_no
               limit p_parents_max),
         s.ready_at, s.state = 'ready' and s.ready_at is null, s.started_at, s.finished_at,
         case when octet_length(s.result::text) <= p_bytes_max then s.result::text end,
         octet_length(s.result::text), octet_length(s.checkpoint::text), tasker.brief_error(s.error)::text,
         octet_length(s.error::text), n.name, c.name, cv.version, cv.digest, e.handler
  from shown g
  cross join lateral (
    select o.*
    from tasker.every_step o
    where o.task_id = g.task_id and o.step_no = g.step_no
    offset 0
  ) s
  join tasker.step_template st on st.template_version_id = g.template_version_id and st.step_no = g.step_no
  join tasker.lock_entry e on e.lock_id = g.lock_id and e.step_no = g.step_no
  left join tasker.superseded_attempt a
    on a.task_id = g.task_id and a.step_no = g.step_no and a.attempt = s.attempt and s.state = 'running'
  join tasker.component_version cv on cv.component_version_id = coalesce(
    case when s.finished_at is not null then g.component_version_id end, a.component_version_id, e.component_version_id)
  join tasker.component c on c.component_id = cv.component_id
  join tasker.namespace n on n.namespace_id = c.namespace_id
  order by g.ord, s.step_no;
end
$$;
