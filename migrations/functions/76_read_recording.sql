-- The recording of an attempt of a step: of p_attempt, or of the last attempt that has one.
--
-- Locks: nothing. Reads one row.
create or replace function tasker.read_recording(p_task_id uuid, p_step_no smallint, p_attempt int)
returns table (attempt int, recorded_at timestamptz, key_id bytea, nonce bytea, content bytea)
language plpgsql stable
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off
as $$
begin
  return query
  select r.attempt, r.recorded_at, r.key_id, r.nonce, r.content
  from tasker.recording r
  where r.task_id = p_task_id and r.step_no = p_step_no and (p_attempt is null or r.attempt = p_attempt)
  order by r.attempt desc
  limit 1;
end
$$;
