-- Keeps the recording of an attempt: see tasker.recording. It is left out where its step is not among the open tasks, since
-- the task was deleted, or moved to the history meanwhile; and where all recordings would have more than p_max_bytes. Returns
-- what became of it: `kept`, `left_out` (also where it is there already), or `full`.
--
-- Hosts call it after the attempt, outside of every other transaction. Locks: the row that it inserts, then one of
-- tasker.recording_size. Two calls at the same time may exceed p_max_bytes by one recording each. Idempotent: a recording that
-- is there already stays as it is.
create or replace function tasker.keep_recording(
  p_task_id uuid, p_step_no smallint, p_attempt int, p_is_complete bool, p_key_id bytea, p_nonce bytea, p_content bytea,
  p_max_bytes bigint
) returns text
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_bytes constant bigint := octet_length(p_content);
begin
  if (select coalesce(sum(s.bytes), 0) from tasker.recording_size s) + v_bytes > p_max_bytes then
    return 'full';
  end if;
  insert into tasker.recording (task_id, step_no, attempt, is_complete, key_id, nonce, content)
  select p_task_id, p_step_no, p_attempt, p_is_complete, p_key_id, p_nonce, p_content
  where exists (select from tasker.step s where s.task_id = p_task_id and s.step_no = p_step_no)
  on conflict do nothing;
  if not found then
    return 'left_out';
  end if;
  perform tasker.add_recording_bytes(v_bytes);
  return 'kept';
end
$$;
