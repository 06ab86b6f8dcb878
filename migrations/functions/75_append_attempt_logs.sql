-- Stores lines that attempts logged: parallel arrays, one element per chunk of lines, at most 1,000. See
-- tasker.attempt_log. A chunk whose step is not among the open tasks is left out: the task was deleted, or moved to the
-- history meanwhile. Returns how many chunks were stored.
--
-- One writer per host calls it, outside of every other transaction. Locks: nothing but the rows that it inserts, in the
-- order of the arrays. Idempotent: a chunk that is there already stays as it is.
create or replace function tasker.append_attempt_logs(
  p_task_id uuid[], p_step_no smallint[], p_attempt int[], p_last_line int[], p_lines text[]
) returns int
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_stored int;
begin
  insert into tasker.attempt_log (task_id, step_no, attempt, last_line, lines)
  select u.task_id, u.step_no, u.attempt, u.last_line, u.lines::json
  from unnest(p_task_id, p_step_no, p_attempt, p_last_line, p_lines) as u (task_id, step_no, attempt, last_line, lines)
  where exists (select from tasker.step s where s.task_id = u.task_id and s.step_no = u.step_no)
  on conflict do nothing;
  get diagnostics v_stored = row_count;
  return v_stored;
end
$$;
