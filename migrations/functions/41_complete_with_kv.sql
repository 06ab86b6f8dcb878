-- Records the result (or the checkpoint) of one attempt together with its writes to kv: both or neither. If
-- another attempt changed an entry after this one read it, nothing is written and the step is retried, which does
-- not count against max_attempts. If the namespace has too many entries, the attempt fails.
--
-- The delay after a conflict is random within ± half of 10 ms × 2^(conflicts in a row - 1), at most 5 s. So many
-- steps that write one entry spread out until about one of them runs at a time. The error of the step has the
-- number of conflicts in a row, as `conflicts`.
--
-- p_bucket, p_key, p_value (null removes), p_is_checked and p_expected are parallel arrays, one element per write;
-- p_events has the events of the attempt, as tasker.send_events takes them. A stale lease changes nothing:
-- repeating a call is harmless. Returns at most one row: the milliseconds until the step is due again, null if it is
-- done; and its task if that is watched and ended.
--
-- Locks: the step (if its attempts are used up, all unfinished steps of its task, as tasker.fail_steps does), then
-- kv rows by (bucket, key), then as tasker.complete_steps. A transaction that waits for a kv row has locked only
-- its own running step, and no transaction that has locked kv rows waits for that step.
create or replace function tasker.complete_with_kv(
  p_worker_id int, p_task_id uuid, p_step_no smallint, p_attempt int, p_result text,
  p_is_checkpoint bool, p_usage tasker.usage, p_bucket text[], p_key text[], p_value text[],
  p_is_checked bool[], p_expected bigint[], p_events tasker.event[] default null
) returns table (due_ms bigint, ended uuid[])
language plpgsql
set search_path = '' set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
  v_retry_base_ms constant int := 10;
  v_retry_max_ms constant int := 5000;
  v_namespace_id int;
  v_conflicts int;
  v_write record;
  v_code text;
  v_message text;
begin
  perform tasker.lock_failing_steps(
    array[p_task_id], array[p_step_no], array[p_attempt >= tasker.attempts_max()]);
  select t.namespace_id, 1 + coalesce((s.error ->> 'conflicts')::int, 0) into v_namespace_id, v_conflicts
  from tasker.step s
  join tasker.task t on t.task_id = s.task_id
  where s.task_id = p_task_id and s.step_no = p_step_no
    and s.state = 'running' and s.worker_id = p_worker_id and s.attempt = p_attempt;
  if not found then
    return;
  end if;

  begin
    for v_write in
      select * from unnest(p_bucket, p_key, p_value, p_is_checked, p_expected)
        as u (bucket, key, value, is_checked, expected)
      order by u.bucket collate "C", u.key collate "C"
    loop
      perform tasker.set_kv(v_namespace_id, v_write.bucket, v_write.key, v_write.value,
                            v_write.is_checked, v_write.expected, p_task_id);
    end loop;
  exception
    when sqlstate 'TK001' then
      v_code := 'kv_conflict';
      v_message := sqlerrm;
      if v_conflicts > 1 then
        v_message := format('%s, %s times in a row', v_message, v_conflicts);
      end if;
      update tasker.step s set free_attempts = s.free_attempts + 1
      where s.task_id = p_task_id and s.step_no = p_step_no;
    when sqlstate 'TK002' then
      v_code := 'kv_full';
      v_message := sqlerrm;
  end;

  if v_code is not null then
    return query select f.due_ms, f.ended from tasker.fail_steps(
      p_worker_id, array[p_task_id], array[p_step_no], array[p_attempt],
      array[json_strip_nulls(json_build_object(
        'kind', 'failed', 'code', v_code, 'message', v_message,
        'conflicts', case v_code when 'kv_conflict' then v_conflicts end))::text],
      array[false],
      array[case v_code when 'kv_conflict' then tasker.backoff_ms(
        'exponential', v_retry_base_ms, v_retry_max_ms, 0.5, v_conflicts, random()) end],
      array[p_usage]) f;
  elsif p_is_checkpoint then
    perform tasker.checkpoint_steps(
      p_worker_id, array[p_task_id], array[p_step_no], array[p_attempt], array[p_result],
      array[p_usage], p_events);
  else
    return query select null::bigint, c.ended from tasker.complete_steps(
      p_worker_id, array[p_task_id], array[p_step_no], array[p_attempt], array[p_result], 0,
      array[p_usage], p_events) c;
  end if;
end
$$;
