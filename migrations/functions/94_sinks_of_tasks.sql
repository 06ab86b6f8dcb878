-- The results of the steps of these complete tasks that nothing depends on, by the names of the steps: of each task at most
-- p_limit and one, with sizes if there are no more than p_limit, and with texts if they have p_bytes_max bytes at most together.
--
-- Locks: nothing. Reads the steps of these tasks.
create or replace function tasker.sinks_of_tasks(p_tasks uuid[], p_limit int, p_bytes_max int)
returns table (task_id uuid, name text, bytes int, result text)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  with sink as materialized (
    select t.task_id, t.template_version_id, s.step_no, count(*) over (partition by t.task_id) as sinks
    from unnest(p_tasks) a (task_id)
    join tasker.every_task t on t.task_id = a.task_id and t.state = 'complete'
    cross join lateral (
      select e.step_no
      from tasker.every_step e
      where e.task_id = t.task_id and e.is_sink and e.result is not null
      order by e.step_no
      limit p_limit + 1
    ) s
  ), sized as materialized (
    select k.*, case when k.sinks <= p_limit then octet_length(s.result::text) else 0 end as bytes
    from sink k
    join tasker.every_step s on s.task_id = k.task_id and s.step_no = k.step_no
  ), summed as (
    select z.*, sum(z.bytes) over (partition by z.task_id) as all_bytes from sized z
  )
  select z.task_id, st.name, z.bytes,
         case when z.all_bytes <= p_bytes_max and z.sinks <= p_limit then s.result::text end
  from summed z
  join tasker.every_step s on s.task_id = z.task_id and s.step_no = z.step_no
  join tasker.step_template st on st.template_version_id = z.template_version_id and st.step_no = z.step_no
  order by z.task_id, st.name collate "C";
end
$$;
