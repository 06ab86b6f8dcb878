-- The next chunks of what a step's attempts logged, in order, behind line p_after_line of attempt p_after_attempt: of all
-- attempts, or of p_attempt alone. At most p_limit, and of v_bytes_max bytes together, or one.
--
-- Locks: nothing. Reads p_limit chunks at most.
create or replace function tasker.read_attempt_log(
  p_task_id uuid, p_step_no smallint, p_attempt int, p_after_attempt int, p_after_line int, p_limit int
) returns table (attempt int, last_line int, lines text)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off
as $$
declare
  v_bytes_max constant bigint := 1048576;
begin
  return query
  select c.attempt, c.last_line, c.lines
  from (
    select n.attempt, n.last_line, n.lines,
           row_number() over (order by n.attempt, n.last_line) as nth,
           sum(octet_length(n.lines)) over (order by n.attempt, n.last_line) as bytes
    from (
      select l.attempt, l.last_line, l.lines::text as lines
      from tasker.attempt_log l
      where l.task_id = p_task_id and l.step_no = p_step_no and (p_attempt is null or l.attempt = p_attempt)
        and (l.attempt, l.last_line) > (p_after_attempt, p_after_line)
      order by l.attempt, l.last_line
      limit p_limit
    ) n
  ) c
  where c.nth = 1 or c.bytes <= v_bytes_max
  order by c.nth;
end
$$;
