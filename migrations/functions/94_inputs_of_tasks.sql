-- The inputs of these tasks, unless they have more than p_bytes_max bytes, and the numbers of their newest transitions.
--
-- Locks: nothing. Reads these tasks and their log.
create or replace function tasker.inputs_of_tasks(p_tasks uuid[], p_bytes_max int)
returns table (task_id uuid, input text, input_bytes int, seq bigint)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
  select t.task_id, case when octet_length(t.input::text) <= p_bytes_max then t.input::text end,
         octet_length(t.input::text),
         coalesce((select max(r.seq) from tasker.every_transition r where r.task_id = t.task_id), 0)
  from unnest(p_tasks) a (task_id)
  join tasker.every_task t on t.task_id = a.task_id;
end
$$;
